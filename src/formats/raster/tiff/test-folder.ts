import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { defaultLimits, type ImageFile, type ReadLimits } from '../image-file.ts';
import { openTiff } from './open-tiff.ts';

export interface TestFolder {
  /** Writes a file and gives its path. */
  readonly write: (bytes: Uint8Array, name?: string) => Promise<string>;
  /** Writes a file and opens it; it is closed when the tests have ended. */
  readonly open: (bytes: Uint8Array, limits?: Partial<ReadLimits>) => Promise<ImageFile>;
}

/** A folder for the tests of a file, removed after them. */
export function testFolder(): TestFolder {
  let folder = '';
  let count = 0;
  const opened: ImageFile[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-tiff-'));
  });
  afterAll(async () => {
    await Promise.all(opened.map((file) => file.close()));
    await rm(folder, { recursive: true });
  });
  const write = async (bytes: Uint8Array, name = `${count++}.tif`): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, bytes);
    return path;
  };
  const open = async (bytes: Uint8Array, limits: Partial<ReadLimits> = {}): Promise<ImageFile> => {
    const file = await openTiff(await write(bytes), { ...defaultLimits, ...limits });
    opened.push(file);
    return file;
  };
  return { write, open };
}
