import type { SourceClass } from '../../contract/mask-sources.ts';
import { nextColour } from '../../contract/palette.ts';
import { UserError } from '../../core/errors.ts';
import { backgroundName, ignoreName } from '../../core/mask/class-names.ts';
import { foldName } from '../../core/mask/match-classes.ts';
import { ignoreValue } from '../../core/mask/tiles.ts';
import type { MaskClass } from '../../formats/masks/mask-raster.ts';
import type { OpenMask } from '../../formats/masks/mask-source.ts';
import { requireExplained } from '../mask-values.ts';
import type { FolderMasks } from './folder-masks.ts';

/** What folders call the classes of their masks, and what a student calls them. */

/** What the class of masks that name none and show one thing is called. */
export const onlyClass = 'object';

/**
 * The classes that masks show, numbered from 1 without gaps.
 *
 * @throws UserError 'invalid-labels' for values that a list of classes does not name, and where there is no class;
 * 'invalid-option' as `requireExplained`
 */
export function classesOf({ origin, source, classes }: FolderMasks): MaskClass[] {
  requireExplained(classes, source.table?.stored ?? [], origin);
  const used = distinct(classes.filter(isLearnt));
  const isListed = used.some(({ name }) => name !== null);
  const unnamed = used.find(({ name, count }) => name === null && count !== 0);
  if (isListed && unnamed) {
    throw new UserError(
      'invalid-labels',
      `${origin}: masks have ${spoken(unnamed)}, which the list of classes does not name. Add it to the list, name it with --class, or correct the masks.`,
    );
  }
  const named = isListed ? used.filter(({ name }) => name !== null) : used;
  if (named.length === 0) {
    throw new UserError(
      'invalid-labels',
      `${origin}: the masks show nothing but background, so there is nothing to learn. Check that these are the right masks.`,
    );
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
 * From values of a folder's masks, (256), to those of the classes: what is not listed becomes 255.
 *
 * @param known what knows the classes, for the message
 * @throws UserError 'invalid-labels' for a class that is not among them
 */
export function valuesOf(
  { origin, classes: inMasks }: FolderMasks,
  classes: readonly MaskClass[],
  known = 'the images to learn from have not',
): Uint8Array {
  const table = new Uint8Array(256).fill(ignoreValue);
  table[0] = 0;
  for (const { name, value } of inMasks) if (isBackground(name)) table[value] = 0;
  const used = inMasks.filter(isLearnt);
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
    throw new UserError(
      'invalid-labels',
      `${origin}: masks have ${strange.slice(0, 5).map(spoken).join(', ')}${strange.length > 5 ? ', …' : ''}, which ${known} (${classes.map((other) => other.name).join(', ')}). Correct the masks or the lists of classes.`,
    );
  }
  return table;
}

/** A mask in the values of the classes. */
export function translated(
  mask: OpenMask,
  table: Uint8Array,
  classes: readonly MaskClass[],
): OpenMask {
  return {
    ...{ width: mask.width, height: mask.height, classes },
    tile: async (x, y) => {
      const tile = await mask.tile(x, y);
      return tile?.map((value) => table[value] ?? ignoreValue) ?? null;
    },
    notes: () => mask.notes(),
    close: () => mask.close(),
  };
}

/** What is marked as not known, or as background, is no class. */
function isLearnt({ name }: SourceClass): boolean {
  return name === null || !(ignoreName.test(name) || isBackground(name));
}

function isBackground(name: string | null): boolean {
  return name !== null && backgroundName.test(name);
}

/** Several values may have been given one name. */
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

function spoken({ name, number, colour }: SourceClass): string {
  if (name !== null) return `the class "${name}"`;
  return number === null ? `the colour ${colour ?? '?'}` : `the number ${number}`;
}
