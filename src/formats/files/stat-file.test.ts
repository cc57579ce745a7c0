import { execFileSync } from 'node:child_process';
import process from 'node:process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readLabelFile } from '../labels/label-file.ts';
import { expectRefusal } from '../raster/testing/reading.ts';
import { testFolder } from '../raster/testing/test-folder.ts';
import { readSafetensors } from '../safetensors/safetensors.ts';
import { statFile } from './stat-file.ts';

const folder = testFolder();

describe.skipIf(process.platform === 'win32')('a pipe or a device in place of a file', () => {
  const readers: [string, (path: string) => Promise<unknown>][] = [
    ['statFile', statFile],
    ['readLabelFile', (path) => readLabelFile(path, folder.path, [])],
    ['readSafetensors', readSafetensors],
  ];

  it.each(readers)('is refused by %s before it is opened', async (_, read) => {
    const pipe = join(folder.path, `${_}.pipe`);
    execFileSync('mkfifo', [pipe]);
    for (const path of [pipe, '/dev/zero']) {
      await expectRefusal(read(path), 'invalid-file', /is not a file\. Choose a file\./);
    }
  });

  it('is not what a file or a folder is', async () => {
    const path = await folder.file('a.bin', Uint8Array.of(1));
    expect((await statFile(path)).size).toBe(1);
    expect((await statFile(folder.path)).isDirectory()).toBe(true);
  });
});
