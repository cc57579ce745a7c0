import type { ExportedMasks } from '../../contract/label-export.ts';
import { UserError } from '../../core/errors.ts';
import { reservedWord } from '../../core/mask/class-names.ts';
import { ignoreValue, lastClassValue, type Size } from '../../core/mask/tiles.ts';
import type { MaskClass, MaskRaster } from '../../formats/masks/mask-raster.ts';
import type { Store } from '../../store/store.ts';
import { storedMask } from '../services/masks.ts';
import type { NamedImage } from './export-names.ts';

/** What is asked of an image whose mask leaves the workspace. */
interface ExportedImage extends NamedImage, Size {
  /** Absolute. */
  readonly path: string;
}

/** An image, and the mask that a person has made of it. */
export interface MaskedImage {
  readonly image: ExportedImage;
  readonly mask: MaskRaster;
  /** Whether some of its pixels are marked as not known. */
  hasIgnored(): boolean;
}

export interface MaskedImages {
  readonly images: readonly MaskedImage[];
  /** Numbered from 1 without gaps. */
  readonly classes: readonly MaskClass[];
  /** Images that have no such mask. */
  readonly unmarked: number;
}

/**
 * The masks of a project as they leave it. Classes are numbered anew, in the order of their values, from 1
 * without gaps: lists of classes that say no numbers count so, and so do nnU-Net and DICOM. In a project
 * that never lost a class nothing changes.
 */
export function maskedImages(store: Store, project: number, which: ExportedMasks): MaskedImages {
  const { classes, renumber } = numbering(store, project);
  const states = store.masks.marked(project, 'human');
  const images: MaskedImage[] = [];
  let unmarked = 0;
  for (const image of store.images.all(project)) {
    const state = states.get(image.id);
    if (state === 'done' || (which === 'all' && state === 'draft')) {
      images.push({
        image,
        mask: renumber(storedMask(store, image.id, 'human')),
        hasIgnored: () =>
          store.masks
            .get(image.id, 'human')
            ?.histogram.some(({ value }) => value === ignoreValue) === true,
      });
    } else {
      unmarked++;
    }
  }
  return { images, classes, unmarked };
}

/**
 * A list of classes that leaves some out would be taken for all of them.
 *
 * @throws UserError 'too-large' where a project has more classes than masks hold
 */
export function requireMaskClasses(store: Store, project: number): void {
  const classes = store.classes.list(project);
  const [first, ...others] = classes.filter(({ maskValue }) => maskValue === null);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  throw new UserError(
    'too-large',
    `The project has ${classes.length} classes, and masks hold ${lastClassValue}. Remove ${first.name}${more} first: no mask can have them.`,
  );
}

function numbering(
  store: Store,
  project: number,
): { classes: MaskClass[]; renumber: (mask: MaskRaster) => MaskRaster } {
  const inMasks = store.classes
    .list(project)
    .flatMap(({ name, colour, maskValue }) =>
      maskValue === null ? [] : [{ name, colour, maskValue }],
    )
    .sort((a, b) => a.maskValue - b.maskValue);
  const classes = inMasks.map(({ name, colour }, index) => ({
    value: index + 1,
    // Of projects from before such names were refused: a reader would take the class for none.
    name: reservedWord(name) === null ? name : `${name} (${index + 1})`,
    colour,
  }));
  const isSame = inMasks.every(({ maskValue }, index) => maskValue === index + 1);
  const numbers = new Uint8Array(256);
  numbers[ignoreValue] = ignoreValue;
  for (const [index, { maskValue }] of inMasks.entries()) numbers[maskValue] = index + 1;
  return {
    classes,
    renumber: (mask) => ({
      width: mask.width,
      height: mask.height,
      classes,
      tile: async (x, y) => {
        const tile = await mask.tile(x, y);
        return tile === null || isSame ? tile : tile.map((value) => numbers[value] ?? 0);
      },
    }),
  };
}
