import type { PathLike } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PassedOver } from './image-folder.ts';
import { findImages } from './image-folder.ts';

// Root may read any folder, so one that may not be read is acted.

/** Errors of opening folders with these names. */
const failing = vi.hoisted(() => ({ name: '', code: '', then: (): void => undefined }));
vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof import('node:fs/promises')>();
  const opendir = (path: PathLike, options?: object): unknown => {
    if (failing.name === '' || !String(path).endsWith(failing.name)) {
      return actual.opendir(path, options);
    }
    failing.then();
    const { code } = failing;
    const error = Object.assign(new Error(code), { code, syscall: 'opendir', path: String(path) });
    return Promise.reject(error);
  };
  return { ...actual, opendir };
});

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-unreadable-'));
  for (const name of ['a', 'closed', 'z']) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'x.png'), '');
  }
});
afterEach(async () => {
  Object.assign(failing, { name: '', then: () => undefined });
  await rm(folder, { recursive: true, force: true });
});

test('skips an unreadable folder and reports it', async () => {
  Object.assign(failing, { name: 'closed', code: 'EACCES' });
  const passed: PassedOver[] = [];
  const found = await findImages(folder, {}, undefined, (one) => passed.push(one));
  expect(found.map(({ name }) => name)).toEqual(['a/x.png', 'z/x.png']);
  expect(passed).toEqual([
    {
      path: join(folder, 'closed'),
      reason: `${join(folder, 'closed')} cannot be read: permission denied. Check its permissions.`,
      kind: 'skipped',
      isFolder: true,
    },
  ]);
});

test('ends the search if the whole folder has gone', async () => {
  const then = vi.fn();
  Object.assign(failing, { name: 'closed', code: 'ESTALE', then });
  // As a network drive does it: below a folder that was listed nothing answers, and then it neither.
  const { rmSync } = await import('node:fs');
  then.mockImplementation(() => {
    rmSync(folder, { recursive: true });
  });
  const passed: PassedOver[] = [];
  const search = findImages(folder, {}, undefined, (one) => passed.push(one));
  await expect(search).rejects.toMatchObject({ code: 'disk' });
  expect(passed.filter(({ kind }) => kind === 'skipped').length).toBeLessThan(2);
});

test('requires the chosen folder itself to be readable', async () => {
  Object.assign(failing, { name: folder, code: 'EACCES' });
  await expect(findImages(folder)).rejects.toMatchObject({ code: 'disk' });
});
