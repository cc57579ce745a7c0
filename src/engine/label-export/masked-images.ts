import type { ExportedMasks } from '../../contract/label-export.ts';
import { UserError } from '../../core/errors.ts';
import { reservedWord } from '../../core/mask/class-names.ts';
import { ignoreValue, lastClassValue, type Size } from '../../core/mask/tiles.ts';
import type { MaskClass, MaskRaster } from '../../formats/masks/mask-raster.ts';
import type { Store } from '../../store/store.ts';
import { labelExportText } from '../../text/index.ts';
import type { NamedImage } from './export-names.ts';
import { workspaceMask } from './workspace-mask.ts';

/** Properties of an image whose mask is exported. */
interface ExportedImage extends NamedImage, Size {
  /** Absolute path. */
  readonly path: string;
}

/** An image with the mask that the user made. */
export interface ExportedMask {
  readonly image: ExportedImage;
  readonly mask: MaskRaster;
  /** True if some pixels are marked as unknown. */
  hasIgnored(): boolean;
}

export interface MaskedImages {
  readonly images: readonly ExportedMask[];
  /** Classes, numbered from 1 without gaps. */
  readonly classes: readonly MaskClass[];
  /** Number of images without such a mask. */
  readonly unmarked: number;
}

/**
 * Masks of a project for export. Classes are renumbered by value, from 1 without gaps, as implied by class lists
 * without numbers and required by nnU-Net and DICOM. Nothing changes in projects that never lost a class.
 */
export function maskedImages(store: Store, project: number, which: ExportedMasks): MaskedImages {
  const { classes, renumber } = numbering(store, project);
  const states = store.masks.marked(project, 'human');
  const images: ExportedMask[] = [];
  let unmarked = 0;
  for (const image of store.images.all(project)) {
    const state = states.get(image.id);
    if (state === 'done' || (which === 'all' && state === 'draft')) {
      images.push({
        image,
        mask: renumber(workspaceMask(store, image.id, 'human')),
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
 * Throws if some classes cannot be in masks: an incomplete class list would be treated as complete.
 *
 * @throws UserError 'too-large' if a project has more classes than masks hold
 */
export function requireMaskValues(store: Store, project: number): void {
  const classes = store.classes.list(project);
  const beyond = classes.filter(({ maskValue }) => maskValue === null);
  if (beyond.length === 0) return;
  throw new UserError(
    'too-large',
    labelExportText.tooManyClasses(
      { classes: classes.length, limit: lastClassValue },
      beyond.map(({ name }) => name),
    ),
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
    // Older projects may have reserved names, which a reader would not recognise as a class.
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
