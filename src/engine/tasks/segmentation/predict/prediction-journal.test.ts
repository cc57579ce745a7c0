import { appendFile, mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../../store/testing/temporary-store.ts';
import { PredictionJournal } from './prediction-journal.ts';

const file = 'masks/a.png';
const background = { file: 'a.jpg', frame: null, value: 0, class: null, pixels: 9 };
const unknown = { file: 'a.jpg', frame: null, value: 255, class: undefined, pixels: 1 };
const areas = { mm2: null, m2: null, share: null };
const rows = [background, unknown].map((row) => ({ ...row, ...areas }));
const written = { fingerprint: 'one', frames: 1, file, rows, notes: ['in pixels'] };

async function folderWith(text: string): Promise<string> {
  const folder = temporaryFolder();
  await mkdir(join(folder, 'masks'));
  await writeFile(join(folder, file), text);
  return folder;
}

async function predicted(): Promise<string> {
  const folder = await folderWith('mask');
  await (await PredictionJournal.open(folder)).add(written);
  return folder;
}

describe('a journal of predictions', () => {
  it('finds predictions by fingerprint and file', async () => {
    const journal = await PredictionJournal.open(await predicted());
    expect(await journal.find('one', file)).toEqual(written);
    expect(await journal.find('two', file)).toBeUndefined();
    expect(await journal.find('one', 'masks/b.png')).toBeUndefined();
  });

  it('does not find predictions that were emptied, replaced or begun again', async () => {
    const emptied = await predicted();
    await truncate(join(emptied, file));
    expect(await (await PredictionJournal.open(emptied)).find('one', file)).toBeUndefined();
    const replaced = await predicted();
    await (await PredictionJournal.open(replaced)).add({ ...written, fingerprint: 'two' });
    expect(await (await PredictionJournal.open(replaced)).find('one', file)).toBeUndefined();
    const begun = await predicted();
    await (await PredictionJournal.open(begun)).begin(file);
    expect(await (await PredictionJournal.open(begun)).find('one', file)).toBeUndefined();
  });

  it('allows replacing only unchanged files that it lists, empty files, and unfinished ones', async () => {
    const folder = await predicted();
    const may = async (name: string): Promise<void> =>
      (await PredictionJournal.open(folder)).requireReplaceable(name);
    await may(file);
    await may('masks/not-there.png');
    await writeFile(join(folder, 'masks/b.png'), '');
    await expect(may('masks/b.png')).rejects.toMatchObject({ code: 'disk' });
    await expect(may('masks')).rejects.toThrow('is a folder');
    await truncate(join(folder, file));
    await may(file);
    await writeFile(join(folder, file), 'painted over');
    await expect(may(file)).rejects.toThrow('was changed after a prediction wrote it');
    await (await PredictionJournal.open(folder)).begin(file);
    await may(file);
  });

  it('forgets predictions, but still knows its files', async () => {
    const folder = await predicted();
    await (await PredictionJournal.open(folder)).forget();
    const journal = await PredictionJournal.open(folder);
    expect(await journal.find('one', file)).toBeUndefined();
    expect(journal.has(file)).toBe(true);
    await journal.requireReplaceable(file);
  });

  it('leaves no file if nothing was predicted', async () => {
    const folder = temporaryFolder();
    await (await PredictionJournal.open(folder)).forget();
    expect(await readdir(folder)).toEqual([]);
  });

  it('continues after an incomplete line', async () => {
    const folder = await folderWith('mask');
    const path = join(folder, '.understudy-predictions');
    await appendFile(path, '{"fingerprint":"zero","fra');
    await (await PredictionJournal.open(folder)).add(written);
    await (await PredictionJournal.open(folder)).addFile('masks/a.png');
    await (await PredictionJournal.open(folder)).add(written);
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(5);
    expect(await (await PredictionJournal.open(folder)).find('one', file)).toEqual(written);
  });
});
