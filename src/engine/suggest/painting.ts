import type { Suggestion } from '../../contract/masks.ts';
import type { Raster } from '../../core/image/raster.ts';
import { tilesIn, tileSide, type MaskTile } from '../../core/mask/tiles.ts';
import type { Rectangle } from '../../core/mask/tiles.ts';
import { backgroundStroke } from '../../core/suggest/marks.ts';
import type { Labels } from '../../core/suggest/proposal.ts';
import { TilePainter } from '../../core/suggest/refine.ts';
import { cropMirrored } from '../../core/suggest/window.ts';
import { blockName } from './blocks.ts';
import type { OpenedImage } from './opened-images.ts';

export interface Painting {
  /** The image that was labelled. */
  readonly opened: OpenedImage;
  readonly working: Raster;
  readonly step: number;
  readonly labels: Labels;
  /** Mask values by class index. */
  readonly kinds: readonly number[];
  readonly level: number;
  /** Region in px of the image. */
  readonly region: Rectangle;
  readonly strokes: readonly MaskTile[];
  readonly image: { readonly width: number; readonly height: number };
}

/** Tiles of the level with the predicted labels, and the strokes over them. */
export async function paintTiles(
  { opened, working, step, labels, kinds, level, region, strokes, image }: Painting,
  pause: () => Promise<void>,
): Promise<MaskTile[]> {
  const painter = new TilePainter(
    {
      region: labels,
      values: labels.classes.map((own) => kinds[own] ?? 0),
      step,
      coarse: cropMirrored(working, labels),
      fine: opened.level(0),
      fineStep: opened.step,
    },
    level,
  );
  const area = levelArea(region, level);
  const places = tilesIn(area, levelArea({ x: 0, y: 0, ...image }, level));
  const tiles: MaskTile[] = [];
  for (const place of places) {
    await pause();
    tiles.push({ ...place, pixels: painter.paint(place, area) });
  }
  const byPlace = new Map(tiles.map((tile) => [blockName(tile), tile]));
  for (const stroke of strokes) drawStroke(stroke, level, area, byPlace);
  return tiles;
}

/** Draws a stroke over the prediction: the user's strokes always have precedence. */
function drawStroke(
  { x, y, pixels }: MaskTile,
  level: number,
  area: Rectangle,
  tiles: ReadonlyMap<string, MaskTile>,
): void {
  const tile = tiles.get(blockName({ x: x >> level, y: y >> level }));
  if (!tile) return;
  for (let row = 0; row < tileSide; row++) {
    const atY = (y * tileSide + row) >> level;
    if (atY < area.y || atY >= area.y + area.height) continue;
    for (let column = 0; column < tileSide; column++) {
      const value = pixels[row * tileSide + column] ?? 0;
      const atX = (x * tileSide + column) >> level;
      if (value === 0 || atX < area.x || atX >= area.x + area.width) continue;
      tile.pixels[(atY % tileSide) * tileSide + (atX % tileSide)] =
        value === backgroundStroke ? 0 : value;
    }
  }
}

/** Pixels of the region per class at the level, and the mean confidence. */
export function summarise(
  kinds: readonly number[],
  { classes, probabilities }: Labels,
  tiles: readonly MaskTile[],
  area: Rectangle,
): Suggestion['classes'] {
  const sums = new Float64Array(kinds.length);
  const counts = new Float64Array(kinds.length);
  for (let at = 0; at < classes.length; at++) {
    const own = classes[at] ?? 0;
    sums[own] = (sums[own] ?? 0) + (probabilities[at] ?? 0) / 255;
    counts[own] = (counts[own] ?? 0) + 1;
  }
  const pixels = new Uint32Array(256);
  for (const { pixels: values } of tiles) {
    for (const value of values) pixels[value] = (pixels[value] ?? 0) + 1;
  }
  const marked = pixels.subarray(1).reduce((sum, count) => sum + count, 0);
  // Pixels outside the region are 0 too, and do not count.
  pixels[0] = area.width * area.height - marked;
  return kinds.map((value, own) => ({
    value,
    pixels: pixels[value] ?? 0,
    confidence: counts[own] ? Math.min(1, (sums[own] ?? 0) / (counts[own] ?? 1)) : null,
  }));
}

/** Returns the rectangle of the image in px of a level, rounded outwards. */
export function levelArea({ x, y, width, height }: Rectangle, level: number): Rectangle {
  const pixel = 2 ** level;
  const [left, top] = [Math.floor(x / pixel), Math.floor(y / pixel)];
  return {
    x: left,
    y: top,
    width: Math.ceil((x + width) / pixel) - left,
    height: Math.ceil((y + height) / pixel) - top,
  };
}
