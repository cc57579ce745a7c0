import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from './make-folder.ts';

it('creates missing folders, and reports what is in the way', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-folder-'));
  try {
    const made = await makeFolder(join(folder, 'a', 'b', 'c'));
    expect(made).toEqual(['a', 'a/b', 'a/b/c'].map((name) => join(folder, name)));
    expect(await makeFolder(join(folder, 'a', 'b', 'c'))).toEqual([]);
    expect((await stat(join(folder, 'a', 'b', 'c'))).isDirectory()).toBe(true);
    await writeFile(join(folder, 'file'), '');
    await expect(makeFolder(join(folder, 'file', 'x'))).rejects.toMatchObject({ code: 'disk' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('creates nothing in place of a folder that must exist', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'understudy-folder-'));
  try {
    const gone = join(folder, 'gone');
    await expect(makeFolder(join(gone, 'a', 'b'), gone)).rejects.toMatchObject({ code: 'disk' });
    expect(await readdir(folder)).toEqual([]);
    await makeFolder(join(folder, 'a', 'b'), folder);
    expect(await readdir(folder)).toEqual(['a']);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it.runIf(process.platform === 'linux')('ends if no folder can ever be created', async () => {
  await expect(makeFolder('/proc/understudy/x')).rejects.toMatchObject({ code: 'disk' });
});
