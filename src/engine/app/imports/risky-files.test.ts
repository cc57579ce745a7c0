import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addProject } from '../../../store/testing/fixtures.ts';
import { temporaryStore } from '../../../store/testing/temporary-store.ts';
import { ReadingMark, takeMarks } from '../../image-pool/reading-place.ts';
import { countLoss, countMarkedFiles, marksFolder, filesSetAside } from './risky-files.ts';

async function watched() {
  const store = temporaryStore();
  const { id: project } = addProject(store, ['a'], 'segmentation');
  const folder = join(store.folder, 'images');
  await mkdir(folder);
  const bad = join(folder, 'bäd.json');
  await writeFile(bad, 'one');
  store.watched.put({ project, folder, labels: 'none', masks: null });
  /** Leaves the state of a process that crashed while reading a file. */
  const endAt = async (path: string): Promise<void> => {
    new ReadingMark(join(marksFolder(store), '7-1')).write(path);
    await countMarkedFiles(store);
  };
  return { store, project, folder, bad, endAt };
}

it('sets aside a file of a watched folder that crashed the program twice, until it changes', async () => {
  const { store, project, bad, endAt } = await watched();
  await endAt(bad);
  expect(await filesSetAside(store, project)).toEqual(new Map());
  await endAt(bad);
  expect([...(await filesSetAside(store, project))]).toEqual([
    [
      bad,
      expect.stringMatching(/bäd\.json is skipped: .* 2 times .* Replace it .* add its folder/),
    ],
  ]);
  await writeFile(bad, 'another');
  expect(await filesSetAside(store, project)).toEqual(new Map());
  expect(await countLoss(store, project, bad)).toBe(false);
  expect(await countLoss(store, project, bad)).toBe(true);
});

it('ignores files elsewhere, files read to their end, and unreadable marks', async () => {
  const { store, project, folder, bad, endAt } = await watched();
  await endAt(join(folder, '..', 'elsewhere.png'));
  const mark = new ReadingMark(join(marksFolder(store), '7-2'));
  mark.write(bad);
  mark.clear();
  await writeFile(join(marksFolder(store), '7-3'), '\xff\xff\0');
  await countMarkedFiles(store);
  expect(store.riskyFiles.list(project)).toEqual([]);
  expect(takeMarks(marksFolder(store))).toEqual([]);
});

it('forgets files that the user imports again, and those of a removed project', async () => {
  const { store, project, folder, bad } = await watched();
  await countLoss(store, project, bad);
  store.riskyFiles.forget(project, join(folder, 'other'));
  expect(store.riskyFiles.list(project)).toHaveLength(1);
  store.riskyFiles.forget(project, folder);
  expect(store.riskyFiles.list(project)).toEqual([]);
  await countLoss(store, project, bad);
  store.projects.remove(project);
  expect(store.riskyFiles.list(project)).toEqual([]);
});
