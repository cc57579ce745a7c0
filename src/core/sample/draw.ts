import { UserError } from '../errors.ts';
import type { Raster } from '../image/raster.ts';
import { Random } from '../random.ts';
import { drawCellField } from './cells/field.ts';
import { cellKinds } from './cells/nucleus.ts';
import { covers } from './land/scene.ts';
import { drawLandTile } from './land/tile.ts';
import { sampleSets, type SampleSetName } from './sets.ts';

/** A drawn image and, at the same size in one channel, the mask class of each of its pixels. */
export interface Sample {
  readonly image: Raster;
  readonly mask: Raster;
}

/**
 * Draws one image of a class. The same arguments give the same bytes always, whatever was drawn before;
 * another index or another seed gives another image. Nothing is ever loaded: it is all arithmetic.
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
  const names = sampleSets[set].classes.map(({ name }) => name).join(', ');
  throw new UserError(
    'invalid-option',
    `The sample set ${set} has no class “${className}”. Its classes are ${names}.`,
  );
}
