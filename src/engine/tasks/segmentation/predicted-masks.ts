import { join } from 'node:path';
import { must } from '../../../core/must.ts';
import { makeFolder } from '../../../formats/files/make-folder.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import { writeMaskFile } from './data/mask-file.ts';
import type { MaskedImage } from './data/masked-image.ts';
import type { TakeMask } from './measure-masks.ts';
import type { Contender } from './train-decoder.ts';

/**
 * Files with the predicted masks of a test image, as `writeMaskFile` writes them, with the values of the data set's
 * classes.
 */
export interface PredictedTestMasks {
  /** Path as given by `placeName`. */
  readonly path: string;
  readonly teacher: string;
  readonly copy: string;
  readonly student: string;
}

/** Predicted masks of the test images, stored in files. */
export class PredictedMasks {
  readonly #folder: string | undefined;
  readonly #numbers: ReadonlyMap<MaskedImage, number>;
  readonly #files = new Map<MaskedImage, Partial<Record<Contender['name'], string>>>();

  constructor(folder: string | undefined, tested: readonly MaskedImage[]) {
    this.#folder = folder;
    this.#numbers = new Map(tested.map((masked, index) => [masked, index]));
  }

  /** Returns the callback that stores a model's masks; undefined without a folder. */
  taking(name: Contender['name']): TakeMask | undefined {
    const folder = this.#folder;
    if (folder === undefined) return undefined;
    return async (mask, masked) => {
      await makeFolder(folder);
      const number = must(this.#numbers.get(masked), 'the number of a test image');
      const file = join(folder, `${name}-${number}.mask`);
      await writeMaskFile(file, mask);
      this.#files.set(masked, { ...this.#files.get(masked), [name]: file });
    };
  }

  /** Returns the files of the images that all three models predicted. */
  kept(): PredictedTestMasks[] {
    return [...this.#files].flatMap(([{ image }, { teacher, copy, student }]) =>
      teacher === undefined || copy === undefined || student === undefined
        ? []
        : [{ path: placeName(image), teacher, copy, student }],
    );
  }
}
