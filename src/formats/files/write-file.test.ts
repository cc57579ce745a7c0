import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { UserError } from '../../core/errors.ts';
import { readFailure, writeFailure } from './file-errors.ts';
import { writeFileAtomically } from './write-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-write-'));
});
afterEach(() => rm(folder, { recursive: true }));

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

test('writes one chunk, several chunks and none', async () => {
  for (const [chunks, expected] of [
    [bytes(1, 2), [1, 2]],
    [
      [bytes(1), bytes(), bytes(2, 3)],
      [1, 2, 3],
    ],
    [[], []],
  ] as const) {
    await writeFileAtomically(join(folder, 'file'), chunks);
    expect([...(await readFile(join(folder, 'file')))]).toEqual(expected);
  }
  expect(await readdir(folder)).toEqual(['file']);
});

test('accepts a name of the maximum length', async () => {
  const name = 'n'.repeat(255);
  await writeFileAtomically(join(folder, name), bytes(1));
  expect(await readdir(folder)).toEqual([name]);
});

test('keeps the older file and nothing else after a failure midway', async () => {
  const path = join(folder, 'file');
  await writeFile(path, 'older');
  function* failing(): Generator<Uint8Array> {
    yield bytes(1, 2, 3);
    throw new RangeError('out of numbers');
  }
  await expect(writeFileAtomically(path, failing())).rejects.toThrow(RangeError);
  expect(await readdir(folder)).toEqual(['file']);
  expect(await readFile(path, 'utf8')).toBe('older');
});

test('refuses a missing folder and a folder in the way', async () => {
  const missing = join(folder, 'missing', 'file');
  const error = { name: 'UserError', code: 'disk' };
  await expect(writeFileAtomically(missing, bytes(1))).rejects.toMatchObject(error);
  await expect(writeFileAtomically(missing, bytes(1))).rejects.toThrow(join(folder, 'missing'));
  await mkdir(join(folder, 'taken'));
  const taken = writeFileAtomically(join(folder, 'taken'), bytes(1));
  await expect(taken).rejects.toMatchObject(error);
  expect(await readdir(folder)).toEqual(['taken']);
});

describe('system errors become messages', () => {
  const systemError = (code: string): Error =>
    Object.assign(new Error(`${code}: failed`), { code, syscall: 'write' });

  test.each([
    ['ENOSPC', /disk is full/],
    ['EDQUOT', /disk is full/],
    ['EACCES', /permissions/],
    ['EROFS', /permissions/],
    ['EBUSY', /in use/],
    ['EIO', /\(EIO\)/],
  ])('%s while writing', (code, pattern) => {
    const failure = writeFailure(systemError(code), 'out/student.onnx');
    expect(failure).toBeInstanceOf(UserError);
    expect(failure).toMatchObject({ code: 'disk', details: code });
    expect(failure.message).toMatch(pattern);
    expect(failure.message).toContain('out/student.onnx');
  });

  test.each([
    ['ENOENT', 'not-found'],
    ['EISDIR', 'invalid-file'],
    ['EACCES', 'disk'],
    ['EIO', 'disk'],
  ])('%s while reading', (code, expected) => {
    const failure = readFailure(systemError(code), 'a.png');
    expect(failure).toMatchObject({ name: 'UserError', code: expected });
    expect(failure.message).toContain('a.png');
  });

  test('passes other errors through', () => {
    const defect = new TypeError('x is not a function');
    expect(writeFailure(defect, 'a')).toBe(defect);
    expect(readFailure(defect, 'a')).toBe(defect);
  });
});
