import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { defaultLimits, type ImageFile, type OpenImage, type ReadLimits } from '../image-file.ts';

export interface TestFolder {
  /** Set once the tests begin. */
  readonly path: string;
  /** Writes a file, and its folder if needed, and returns its path. */
  readonly file: (name: string, bytes: Uint8Array) => Promise<string>;
}

/** A folder for the tests of a file, made before them and removed after. */
export function testFolder(): TestFolder {
  let path = '';
  beforeAll(async () => {
    path = await mkdtemp(join(tmpdir(), 'understudy-raster-'));
  });
  afterAll(() => rm(path, { recursive: true }));
  return {
    get path() {
      return path;
    },
    file: async (name, bytes) => {
      const file = join(path, name);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, bytes);
      return file;
    },
  };
}

export interface TestImages {
  /** Writes a file under a unique name and returns its path. */
  readonly write: (bytes: Uint8Array) => Promise<string>;
  /** Writes a file and opens it; it is closed when the tests end. */
  readonly open: (bytes: Uint8Array, limits?: Partial<ReadLimits>) => Promise<ImageFile>;
}

/** A folder of images for the tests of one reader. */
export function testImages(open: OpenImage): TestImages {
  const folder = testFolder();
  const opened: ImageFile[] = [];
  let count = 0;
  afterAll(() => Promise.all(opened.map((file) => file.close())));
  const write = (bytes: Uint8Array): Promise<string> => folder.file(`image-${count++}`, bytes);
  return {
    write,
    open: async (bytes, limits = {}) => {
      const file = await open(await write(bytes), { ...defaultLimits, ...limits });
      opened.push(file);
      return file;
    },
  };
}
