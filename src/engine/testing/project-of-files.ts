import { mkdir, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { ProjectTask } from '../../contract/entities.ts';
import { tileCounts, type Size } from '../../core/mask/tiles.ts';
import { memoryMask, randomMask } from '../../formats/masks/testing/memory-mask.ts';
import { addProject } from '../../store/testing/fixtures.ts';
import { temporaryFolder, temporaryStore } from '../../store/testing/temporary-store.ts';
import type { Store } from '../../store/store.ts';

/** A file of a test project, with one image or several slices. */
export interface TestFile extends Size {
  /** Path relative to the project's folder, with `/`. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Number of slices; 1 by default: not a stack. */
  readonly slices?: number;
  /** Indices of slices without a mask. */
  readonly bare?: readonly number[];
}

export interface TestProject {
  readonly store: Store;
  readonly id: number;
  /** Folder of the images. */
  readonly folder: string;
  /** Masks, (height, width), by the image's name; slice names end in their number. */
  readonly masks: ReadonlyMap<string, Uint8Array>;
}

export const testClasses = ['water', 'Größe: <3> & "x"', 'never marked'];

/**
 * Creates a project of files with random masks, by default of two classes, background and unknown.
 */
export async function projectOfFiles(
  files: readonly TestFile[],
  values: readonly number[] = [0, 1, 2, 255],
  classes: readonly string[] = testClasses,
  task: ProjectTask = 'several',
): Promise<TestProject> {
  const [store, folder] = [temporaryStore(), temporaryFolder()];
  const { id } = addProject(store, classes, task);
  const masks = new Map<string, Uint8Array>();
  for (const { name, bytes, width, height, slices = 1, bare = [] } of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
    const sha256 = createHash('sha256').update(name).update(bytes).digest();
    for (let frame = 0; frame < slices; frame++) {
      const isStack = slices > 1;
      const own = isStack ? `${name}#${frame + 1}` : name;
      const [added] = store.images.add(id, [
        {
          folder,
          name: own,
          sha256,
          bytes: bytes.length,
          modified: 1,
          width,
          height,
          group: undefined,
          isTest: false,
          frame: isStack ? frame : undefined,
        },
      ]);
      if (added === undefined || bare.includes(frame)) continue;
      const pixels = randomMask(masks.size + 7, { width, height }, values);
      masks.set(own, pixels);
      await paint(store, added.id, pixels, { width, height });
    }
  }
  return { store, id, folder, masks };
}

async function paint(store: Store, image: number, pixels: Uint8Array, size: Size): Promise<void> {
  const mask = memoryMask(pixels, size);
  const { columns, rows } = tileCounts(size);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      store.masks.save(image, 'human', [{ x, y, pixels: await mask.tile(x, y) }]);
    }
  }
}
