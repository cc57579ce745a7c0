import type { SourceClass } from '../../../../contract/mask-sources.ts';
import { nextColour } from '../../../../contract/palette.ts';
import { UserError } from '../../../../core/errors.ts';
import { backgroundName, ignoreName } from '../../../../core/mask/class-names.ts';
import { foldName } from '../../../../core/mask/match-classes.ts';
import { ignoreValue } from '../../../../core/mask/tiles.ts';
import type { MaskClass } from '../../../../formats/masks/mask-raster.ts';
import type { OpenMask } from '../../../../formats/masks/mask-source.ts';
import { requireExplained } from './mask-values.ts';
import type { FolderMasks } from './folder-masks.ts';
import { folderMasksText } from '../../../../text/index.ts';

/** Class names in folders of masks, and those of a student. */

/** Name of the class if masks have one class without a name. */
export const onlyClass = 'object';

/**
 * Classes that occur in masks, numbered from 1 without gaps.
 *
 * @throws UserError 'invalid-labels' for values missing from the list of classes, and if there is no class;
 * 'invalid-option' as `requireExplained`
 */
export function trainedClasses({ origin, source, classes }: FolderMasks): MaskClass[] {
  requireExplained(classes, source.table?.stored ?? [], origin);
  const used = distinct(classes.filter(isTrainable));
  const isListed = used.some(({ name }) => name !== null);
  const unnamed = used.find(({ name, count }) => name === null && count !== 0);
  if (isListed && unnamed) {
    throw new UserError('invalid-labels', folderMasksText.unlistedClass(origin, unnamed));
  }
  const named = isListed ? used.filter(({ name }) => name !== null) : used;
  if (named.length === 0) {
    throw new UserError('invalid-labels', folderMasksText.onlyBackground(origin));
  }
  const colours: string[] = named.flatMap(({ colour }) => colour ?? []);
  return named.map((one, index) => {
    const colour = one.colour ?? nextColour(colours);
    if (one.colour === null) colours.push(colour);
    const name = named.length === 1 ? (one.name ?? onlyClass) : nameOf(one);
    return { value: index + 1, name, colour };
  });
}

/**
 * Returns the table (256) from mask values of a folder to values of the classes; unlisted values become 255.
 *
 * @param model file of the model with these classes; the training images have them by default
 * @throws UserError 'invalid-labels' for a class that is not among `classes`
 */
export function classValueTable(
  { origin, classes: inMasks }: FolderMasks,
  classes: readonly MaskClass[],
  model?: string,
): Uint8Array {
  const table = new Uint8Array(256).fill(ignoreValue);
  table[0] = 0;
  for (const { name, value } of inMasks) if (isBackground(name)) table[value] = 0;
  const used = inMasks.filter(isTrainable);
  const isOnly = used.length === 1 && classes.length === 1;
  const strange: SourceClass[] = [];
  for (const one of used) {
    const name = foldName(nameOf(one));
    const found =
      isOnly && one.name === null
        ? classes[0]
        : classes.find((other) => foldName(other.name ?? '') === name);
    if (found) table[one.value] = found.value;
    else if (one.count !== 0) strange.push(one);
  }
  if (strange.length > 0) {
    const names = classes.map((other) => other.name);
    throw new UserError(
      'invalid-labels',
      folderMasksText.unknownClasses(origin, strange, { model, classes: names }),
    );
  }
  return table;
}

/** Returns a mask translated into the values of the classes. */
export function translated(
  mask: OpenMask,
  table: Uint8Array,
  classes: readonly MaskClass[],
): OpenMask {
  return {
    width: mask.width,
    height: mask.height,
    classes,
    tile: async (x, y) => {
      const tile = await mask.tile(x, y);
      return tile?.map((value) => table[value] ?? ignoreValue) ?? null;
    },
    notes: () => mask.notes(),
    close: () => mask.close(),
  };
}

/** Returns true for a class to train on; unknown pixels and background are not classes. */
function isTrainable({ name }: SourceClass): boolean {
  return name === null || !(ignoreName.test(name) || isBackground(name));
}

function isBackground(name: string | null): boolean {
  return name !== null && backgroundName.test(name);
}

/** Classes without duplicates: several values may share one name. */
function distinct(classes: readonly SourceClass[]): SourceClass[] {
  const names = new Set<string>();
  return classes.filter(({ name }) => {
    if (name === null) return true;
    const isNew = !names.has(foldName(name));
    names.add(foldName(name));
    return isNew;
  });
}

function nameOf({ name, number, colour }: SourceClass): string {
  if (name !== null) return name;
  return number === null ? (colour ?? '?') : `class ${number}`;
}
