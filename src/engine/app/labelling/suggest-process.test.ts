import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, afterAll, expect, it } from 'vitest';
import { drawScene } from '../../../core/suggest/testing/scenes.ts';
import { writePng } from '../../../formats/images.ts';
import type { FeatureRequest } from '../../suggest/protocol.ts';
import { SuggestProcess } from './suggest-process.ts';
import { bundledTeacher } from '../../teachers/bundled-teacher.ts';

const never = new AbortController().signal;
const silent = (): void => undefined;
let folder: string;
let request: FeatureRequest;
let worker: SuggestProcess;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-suggest-'));
  const path = join(folder, 'image.png');
  await writePng(path, drawScene('shades', 96, 1).image);
  request = {
    image: { path, width: 96, height: 96 },
    preparation: { range: 'auto' },
    teacher: { file: bundledTeacher, sha256: 'bundled' },
    region: { x: 0, y: 0, width: 96, height: 96 },
  };
});
afterEach(() => {
  worker.close();
});
afterAll(() => rm(folder, { recursive: true }));

function isRunning(pid: number | undefined): boolean {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    return false;
  }
}

it('starts at the first request, stays, and ends after an idle time', async () => {
  worker = new SuggestProcess(300);
  expect(worker.pid).toBeUndefined();
  const first = worker.ask({ kind: 'look', request }, never, silent);
  const { pid } = worker;
  expect(await first).toBeNull();
  await worker.ask({ kind: 'look', request }, never, silent);
  expect(worker.pid).toBe(pid);
  await expect.poll(() => worker.pid).toBeUndefined();
  await expect.poll(() => isRunning(pid)).toBe(false);
  await worker.ask({ kind: 'look', request }, never, silent);
  expect(worker.pid).not.toBe(pid);
});

it('reports that it was killed, and the next request starts another', async () => {
  worker = new SuggestProcess();
  const asked = worker.ask({ kind: 'look', request }, never, silent);
  process.kill(worker.pid ?? 0, 'SIGKILL');
  await expect(asked).rejects.toMatchObject({ code: 'too-large', details: 'it ended (SIGKILL)' });
  expect(worker.pid).toBeUndefined();
  expect(await worker.ask({ kind: 'look', request }, never, silent)).toBeNull();
});

it('fails with the message of the failure in it', async () => {
  worker = new SuggestProcess();
  const path = join(folder, 'no.png');
  const gone = { ...request, image: { ...request.image, path } };
  const asked = worker.ask({ kind: 'look', request: gone }, never, silent);
  await expect(asked).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining(path) as string,
  });
});

it('a cancelled request ends at once, and others continue', async () => {
  worker = new SuggestProcess();
  const controller = new AbortController();
  const first = worker.ask({ kind: 'look', request }, controller.signal, silent);
  const second = worker.ask({ kind: 'look', request }, never, silent);
  controller.abort();
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  expect(await second).toBeNull();
  const late = worker.ask({ kind: 'look', request }, controller.signal, silent);
  await expect(late).rejects.toMatchObject({ code: 'cancelled' });
});
