import type { Rectangle } from '../../core/mask/tiles.ts';
import { blockSide } from '../../core/suggest/marks.ts';
import type { BlockPlace } from './feature-cache.ts';

/** Blocks that a region at the working scale touches. */
export function blocksIn({ x, y, width, height }: Rectangle): BlockPlace[] {
  const blocks: BlockPlace[] = [];
  for (let row = Math.floor(y / blockSide); row * blockSide < y + height; row++) {
    for (let column = Math.floor(x / blockSide); column * blockSide < x + width; column++) {
      blocks.push({ x: column, y: row });
    }
  }
  return blocks;
}

/** Returns the marked blocks outside `seen`, nearest to the region first, at most `most`. */
export function nearestOthers(
  marked: readonly BlockPlace[],
  seen: readonly BlockPlace[],
  region: Rectangle,
  most: number,
): BlockPlace[] {
  const names = new Set(seen.map(blockName));
  const middle = {
    x: (region.x + region.width / 2) / blockSide - 0.5,
    y: (region.y + region.height / 2) / blockSide - 0.5,
  };
  const distance = ({ x, y }: BlockPlace): number => (x - middle.x) ** 2 + (y - middle.y) ** 2;
  return marked
    .filter((block) => !names.has(blockName(block)))
    .sort((a, b) => distance(a) - distance(b))
    .slice(0, most);
}

export function blockName({ x, y }: BlockPlace): string {
  return `${x} ${y}`;
}
