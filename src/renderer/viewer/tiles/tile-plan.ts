import { viewTileSide } from '../../../contract/image-view.ts';
import { intersection, type Point } from '../tools/geometry.ts';
import type { Size, Rectangle } from '../../../core/mask/tiles.ts';
import type { ViewTransform } from '../view-transform.ts';

/** Tile of an image: its level, and its column and row in that level's grid. */
export interface LevelTile extends Point {
  readonly level: number;
}

/** Factor by which a level may be coarser than the screen. */
const tolerance = 1.25;

/** Coarsest level that is as fine as the screen. @param pixels canvas px per CSS px */
export function levelFor(levels: readonly Size[], view: ViewTransform, pixels: number): number {
  const finest = levels[0] ?? view.image;
  for (let index = levels.length - 1; index > 0; index--) {
    const level = levels[index] ?? finest;
    const [across, down] = [view.image.width / level.width, view.image.height / level.height];
    const grown = Math.max(across * view.scale, down * view.scaleY) * pixels;
    if (grown <= tolerance) return index;
  }
  return 0;
}

/** Area that a tile covers, px of the image's full resolution. */
export function tileInImage(
  { level, x, y }: LevelTile,
  levels: readonly Size[],
  image: Size,
): Rectangle {
  const size = levels[level] ?? image;
  const [across, down] = [image.width / size.width, image.height / size.height];
  const [left, top] = [x * viewTileSide, y * viewTileSide];
  return {
    x: left * across,
    y: top * down,
    width: Math.min(viewTileSide, size.width - left) * across,
    height: Math.min(viewTileSide, size.height - top) * down,
  };
}

/** Tiles of a level that intersect a part of the image, sorted by distance to a point. */
export function levelTilesIn(
  level: number,
  levels: readonly Size[],
  image: Size,
  part: Rectangle,
  nearest: Point,
): LevelTile[] {
  const size = levels[level] ?? image;
  const shared = intersection(part, { x: 0, y: 0, ...image });
  if (shared === undefined) return [];
  const [across, down] = [
    (image.width / size.width) * viewTileSide,
    (image.height / size.height) * viewTileSide,
  ];
  const places: LevelTile[] = [];
  const lastX = Math.min(
    Math.ceil(size.width / viewTileSide),
    Math.ceil((shared.x + shared.width) / across),
  );
  const lastY = Math.min(
    Math.ceil(size.height / viewTileSide),
    Math.ceil((shared.y + shared.height) / down),
  );
  for (let y = Math.floor(shared.y / down); y < lastY; y++) {
    for (let x = Math.floor(shared.x / across); x < lastX; x++) places.push({ level, x, y });
  }
  const far = ({ x, y }: Point): number =>
    Math.hypot((x + 0.5) * across - nearest.x, (y + 0.5) * down - nearest.y);
  return places.sort((one, other) => far(one) - far(other));
}

/** Tiles that a view needs in loading order: the coarsest level first, then the level that matches the screen. */
export function tilesFor(
  levels: readonly Size[],
  view: ViewTransform,
  pixels: number,
  nearest: Point,
): { readonly level: number; readonly places: readonly LevelTile[] } {
  const level = levelFor(levels, view, pixels);
  const fine = levelTilesIn(level, levels, view.image, view.visible, nearest);
  const coarsest = levels.length - 1;
  if (level === coarsest) return { level, places: fine };
  // Coarse tiles load quickly and remain visible while the view moves.
  const base = levelTilesIn(coarsest, levels, view.image, view.visible, nearest);
  return { level, places: [...base, ...fine] };
}
