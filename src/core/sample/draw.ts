import { UserError } from '../errors.ts';
import type { Raster } from '../image/raster.ts';
import { Random } from '../random.ts';
import { drawCellField } from './cells/field.ts';
import { cellKinds } from './cells/nucleus.ts';
import { covers } from './land/scene.ts';
import { drawLandTile } from './land/tile.ts';
import { sampleSets, type SampleSetName } from './sets.ts';
import { labelledSetText } from '../../text/index.ts';

/** Drawn image with the mask class of each pixel, at the same size in one channel. */
export interface Sample {
  readonly image: Raster;
  readonly mask: Raster;
}

/**
 * Generates one image of a class. Equal arguments always give equal bytes, whatever was generated before; another index
 * or seed gives another image. Nothing is loaded: every image is computed.
 */
export function drawSample(
  set: SampleSetName,
  className: string,
  index: number,
  seed: number,
): Sample {
  const { side, classes } = sampleSets[set];
  const number = classes.findIndex(({ name }) => name === className);
  switch (set) {
    case 'land': {
      const cover = covers[number] ?? unknownClass(set, className);
      return drawLandTile(new Random(seed, 1, number, index), side, cover);
    }
    case 'cells': {
      const kind = cellKinds[number] ?? unknownClass(set, className);
      return drawCellField(new Random(seed, 2, number, index), side, kind);
    }
  }
}

function unknownClass(set: SampleSetName, className: string): never {
  const names = sampleSets[set].classes.map(({ name }) => name);
  throw new UserError('invalid-option', labelledSetText.noSampleClass(set, className, names));
}
