import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { cards } from '../../engine/catalogue/cards.ts';
import {
  byName,
  loginPage,
  openFileServer,
  sendOnly,
  serve,
  sha256Of,
} from '../../engine/testing/file-server.ts';
import type { FileServer, Handler } from '../../engine/testing/file-server.ts';
import {
  temporaryFolder as sharedFolder,
  writeTinyTeacher,
} from '../../../tests/engine/support.ts';
import { temporaryFolder } from '../../store/testing/temporary-store.ts';
import { engine } from '../engine.ts';
import { runTest } from '../testing/test-environment.ts';

const settings = Buffer.from('{}');

vi.mock('../../engine/catalogue/cards.ts', async (original) => {
  const { withSmallCards } = await import('../../engine/testing/small-cards.ts');
  return withSmallCards(await original(), ['dino-small']);
});

let server: FileServer;
let content: Buffer;

beforeAll(async () => {
  const teacher = join(await sharedFolder(), 'teacher.safetensors');
  await writeTinyTeacher(teacher);
  content = await readFile(teacher);
  server = await openFileServer();
});
afterAll(() => {
  server.close();
});
afterEach(() => {
  server.hangUp();
});

describe('teacher catalogue', () => {
  it('lists the teachers with licence, size and how to download them', async () => {
    const { exitCode, stdout } = await runTest(['teacher', 'catalogue'], { engine });
    expect(exitCode).toBe(0);
    for (const { id } of cards) expect(stdout.text).toContain(id);
    expect(stdout.text).toMatch(/Licence +Owkin non-commercial; commercial use: no, /);
    expect(stdout.text).toMatch(/File +pytorch_model\.bin, size unknown, page needs an\s+account/);
    for (const line of stdout.lines) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('lists the teachers of one domain, also as JSON', async () => {
    const argv = ['teacher', 'catalogue', '--domain', 'satellite', '--json'];
    const { stdout } = await runTest(argv, { engine });
    const listed = (JSON.parse(stdout.text) as { cards: unknown[] }).cards;
    expect(listed).toEqual(cards.filter(({ domain }) => domain === 'satellite'));
    const wrong = await runTest(['teacher', 'catalogue', '--domain', 'sea'], { engine });
    expect([wrong.exitCode, wrong.stderr.text]).toEqual([
      2,
      expect.stringContaining('--domain must be') as string,
    ]);
  });
});

describe('teacher fetch', () => {
  const argv = (card: string, out: string): string[] => {
    return ['teacher', 'fetch', card, '--out', out, '--mirror', server.base];
  };
  const offer = (weights: Handler): void => {
    server.handlers = [byName({ 'config.json': serve(settings), 'model.safetensors': weights })];
  };

  it('downloads a teacher, and prints its folder and the next commands', async () => {
    offer(serve(content));
    const out = temporaryFolder();
    const { exitCode, stdout, stderr } = await runTest(argv('dino-small', out), { engine });
    expect([exitCode, stderr.lines.at(-1)]).toEqual([
      0,
      expect.stringMatching(/^Downloading +0\.526 MB of 0\.526 MB in /) as string,
    ]);
    expect((await readdir(out)).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(stdout.text).toContain(`understudy distill --teacher ${join(out, 'model.safetensors')}`);
    expect(stdout.text).toContain(sha256Of(content).slice(0, 16));
    const again = await runTest([...argv('dino-small', out), '--json'], { engine });
    expect(JSON.parse(again.stdout.text)).toMatchObject({
      card: 'dino-small',
      folder: out,
      files: [{ name: 'model.safetensors', bytes: content.length }, { name: 'config.json' }],
    });
  });

  it('refuses the login page of a network in place of a teacher', async () => {
    offer(serve(loginPage));
    const out = temporaryFolder();
    const { exitCode, stderr } = await runTest(argv('dino-small', out), { engine });
    expect(exitCode).toBe(2);
    expect(stderr.text.replaceAll(/\s+/g, ' ')).toContain(
      'A web page arrived instead of a checkpoint',
    );
    expect(await readdir(out)).toEqual(['config.json']);
  });

  it('stops on Ctrl-C, and keeps the downloaded part', async () => {
    offer(sendOnly(content, 50_000));
    const out = temporaryFolder();
    const gone = new AbortController();
    const running = runTest([...argv('dino-small', out), '--json'], {
      engine,
      readerGone: gone.signal,
    });
    await expect.poll(() => readdir(out), { interval: 20 }).toContain('model.safetensors.download');
    gone.abort();
    expect((await running).exitCode).toBe(141);
    expect(await readdir(out)).toContain('model.safetensors.download.json');
  });

  it.each([
    ['an unknown name', 'nobody', [], /no teacher nobody in the catalogue\. It has: dinov2-small/],
    ['one that needs an account', 'uni', [], /download it yourself: open https:/],
    ['a mirror that is none', 'phikon', ['--mirror', 'nowhere'], /not a valid mirror address/],
    ['a proxy that is none', 'phikon', ['--proxy', 'nowhere'], /not a valid proxy address/],
  ])('refuses %s', async (_, card, more, sentence) => {
    const words = [...argv(card, temporaryFolder()), ...more];
    const { exitCode, stderr } = await runTest(words, { engine });
    expect(exitCode).toBe(2);
    expect(stderr.text.replaceAll(/\s+/g, ' ')).toMatch(sentence);
  });

  it('refuses a folder that has a different file of the same name', async () => {
    offer(serve(content));
    const out = temporaryFolder();
    await writeFile(join(out, 'model.safetensors'), 'mine');
    server.handlers = [serve(settings)];
    const { exitCode, stderr } = await runTest(argv('phikon', out), { engine });
    expect([exitCode, stderr.text]).toEqual([
      2,
      expect.stringContaining('already exists and is a different file') as string,
    ]);
  });
});
