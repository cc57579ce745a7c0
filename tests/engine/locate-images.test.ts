import { renameSync } from 'node:fs';
import { cp, mkdir, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ProjectImage } from '../../src/contract/app.ts';
import { OpenServices } from '../support/open-services.ts';
import { temporaryFolder, writeImages } from './support.ts';

// Images whose files disappear: during an import, and long after it.

const root = await temporaryFolder();
let engine: OpenServices;

beforeAll(async () => {
  engine = await OpenServices.open(join(root, 'workspace'));
});
afterAll(() => engine.close());

async function projectOf(folder: string): Promise<number> {
  const made = { name: folder, domain: 'other', task: 'single' } as const;
  const { id: project } = await engine.call('project.create', made);
  await engine.call('image.import', { project, folder, labels: 'folders' });
  return project;
}

async function pathsOf(project: number): Promise<string[]> {
  const request = { project, filter: {}, offset: 0, limit: 500 };
  const { images } = await engine.call('image.page', request);
  return images.map(({ id }: ProjectImage) => engine.store.images.get(id).path).sort();
}

it('an import whose files vanish midway reports how many were not imported, and can be continued', async () => {
  const folder = join(root, 'share');
  await writeImages(folder, 40, 3);
  const made = { name: 'Share', domain: 'other', task: 'single' } as const;
  const { id: project } = await engine.call('project.create', made);
  const away = join(root, 'away');
  await mkdir(away);
  const vanished = engine.next('import.progress', ({ done }) => {
    if (done === 0) return false;
    // The folder stays, like the mount point of a network share.
    for (const name of ['green', 'red']) renameSync(join(folder, name), join(away, name));
    return true;
  });
  const request = { project, folder, labels: 'folders' as const };
  const [report] = await Promise.all([engine.call('image.import', request), vanished]);
  expect(report).toMatchObject({ found: 120, cancelled: false });
  expect(report.lost).toBeGreaterThan(0);
  expect(report.added + report.lost).toBe(120);
  expect(report.skipped).toHaveLength(report.lost);
  const [kept] = await engine.call('image.reports', { project });
  expect(kept?.lost).toBe(report.lost);

  for (const name of ['green', 'red']) await rename(join(away, name), join(folder, name));
  const again = await engine.call('image.import', request);
  expect(again).toMatchObject({ added: report.lost, known: report.added, lost: 0 });
});

it('moved images are found by path and by content, and this can be undone', async () => {
  const [old, now] = [join(root, 'old'), join(root, 'now')];
  await writeImages(old, 4, 5);
  const project = await projectOf(old);
  expect(await engine.call('image.missing', { project })).toEqual({ images: 0, folders: [] });
  const before = await pathsOf(project);

  await rename(old, now);
  // One under another name, one replaced by other content, one missing, one copied with another time.
  await rename(join(now, 'red', '0.png'), join(now, 'renamed.png'));
  await writeFile(join(now, 'red', '1.png'), 'no image');
  await rm(join(now, 'red', '2.png'));
  await utimes(join(now, 'blue', '0.png'), 1, 1);
  expect(await engine.call('image.missing', { project })).toEqual({
    images: 12,
    folders: [{ folder: old, missing: 12, images: 12 }],
  });
  const located = await engine.call('image.locate', { project, from: old, to: now });
  expect(located).toEqual({
    ...{ folder: now, missing: 12, found: 10, byContent: 1, renamed: 1 },
    first: 'red/1.png',
  });
  const after = await pathsOf(project);
  expect(after).toContain(join(now, 'renamed.png'));
  expect(after.filter((path) => path.startsWith(old))).toHaveLength(2);
  expect(await engine.call('image.missing', { project })).toMatchObject({ images: 2 });
  expect(await engine.call('project.get', { project })).toMatchObject({ labelled: 12 });

  expect(await engine.call('image.undoLocate', { project })).toEqual({ images: 10 });
  expect(await pathsOf(project)).toEqual(before);
  expect(await engine.call('image.undoLocate', { project })).toEqual({ images: 0 });
});

it('a folder without the missing images changes nothing, and present images stay', async () => {
  const [old, other, half] = [join(root, 'here'), join(root, 'other'), join(root, 'half')];
  await writeImages(old, 2, 6);
  await writeImages(other, 2, 60);
  await mkdir(half);
  const project = await projectOf(old);
  const before = await pathsOf(project);
  await cp(old, join(half, 'copy'), { recursive: true });
  expect(await engine.call('image.locate', { project, from: null, to: half })).toMatchObject({
    ...{ missing: 0, found: 0, first: null },
  });
  await rename(join(old, 'red'), join(root, 'red elsewhere'));
  expect(await engine.call('image.locate', { project, from: null, to: other })).toMatchObject({
    ...{ missing: 2, found: 0 },
  });
  expect(await pathsOf(project)).toEqual(before);
  await expect(
    engine.call('image.locate', { project, from: null, to: join(root, 'nowhere') }),
  ).rejects.toMatchObject({ code: 'not-found' });
  // One folder level higher than before.
  expect(await engine.call('image.locate', { project, from: null, to: half })).toMatchObject({
    ...{ missing: 2, found: 2, byContent: 2, renamed: 0 },
  });
});
