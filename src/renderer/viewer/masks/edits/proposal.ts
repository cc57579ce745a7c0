import { MaskEdit } from '../../../../core/mask/edit.ts';
import type { MaskPatch } from '../../../../core/mask/patch.ts';
import type { SparseMask } from '../../../../core/mask/sparse-mask.ts';
import { tilesIn, tileSide } from '../../../../core/mask/tiles.ts';
import type { Rectangle, Size, TilePlace } from '../../../../core/mask/tiles.ts';

/**
 * Paints a suggestion within a region into a mask whose tiles are in memory. Classes are painted one after the other,
 * one patch each, because a patch stores the state of its tiles before it.
 */
export function paintProposal(
  mask: SparseMask,
  proposed: SparseMask,
  region: Rectangle,
  over: Uint8Array,
): MaskPatch[] {
  const places = tilesIn(region, proposed.size);
  const values = new Set<number>();
  for (const place of places) for (const value of proposed.tile(place) ?? []) values.add(value);
  values.delete(0);
  return [...values].flatMap((value) => {
    const edit = new MaskEdit(mask, { value, over });
    for (const place of places) paintValue(edit, place, proposed.tile(place), value);
    return edit.finish() ?? [];
  });
}

/** Paints the runs of one value in a tile. */
function paintValue(
  edit: MaskEdit,
  place: TilePlace,
  pixels: Uint8Array | undefined,
  value: number,
): void {
  if (pixels === undefined) return;
  for (let at = pixels.indexOf(value); at >= 0; at = pixels.indexOf(value, at)) {
    const end = at - (at % tileSide) + tileSide;
    const from = at;
    while (at < end && pixels[at] === value) at++;
    const left = place.x * tileSide + (from % tileSide);
    edit.run(place.y * tileSide + Math.floor(from / tileSide), left, left + at - from);
  }
}

/** Number of distinct values of a mask besides background. */
export function countValues(mask: SparseMask): number {
  const found = new Set<number>();
  for (const place of mask.places()) {
    for (const value of mask.tile(place) ?? []) found.add(value);
  }
  found.delete(0);
  return found.size;
}

/** Part of a region within the image, rounded out to whole pixels; undefined if it is empty. */
export function withinImage(region: Rectangle, image: Size): Rectangle | undefined {
  const x = Math.max(0, Math.floor(region.x));
  const y = Math.max(0, Math.floor(region.y));
  const width = Math.min(image.width, Math.ceil(region.x + region.width)) - x;
  const height = Math.min(image.height, Math.ceil(region.y + region.height)) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** Splits a region into blocks of at most `side` px. */
export function splitIntoBlocks({ x, y, width, height }: Rectangle, side: number): Rectangle[] {
  const blocks: Rectangle[] = [];
  for (let top = y; top < y + height; top += side) {
    for (let left = x; left < x + width; left += side) {
      blocks.push({
        x: left,
        y: top,
        width: Math.min(side, x + width - left),
        height: Math.min(side, y + height - top),
      });
    }
  }
  return blocks;
}
