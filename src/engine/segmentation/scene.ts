import type { Raster } from '../../core/image/raster.ts';
import { ignoreValue } from '../../core/mask/tiles.ts';
import type { Rectangle, Size } from '../../core/mask/tiles.ts';
import { Random } from '../../core/random.ts';
import type { FoundImage } from '../../formats/labelled-images.ts';

/** An image with its mask, in memory: what a decoder learns from and is measured on. */
export interface Scene extends Size {
  readonly image: FoundImage;
  readonly group: string | undefined;
  /** What a model sees, (height, width, 3). */
  readonly pixels: Raster;
  /** Class of each pixel, 0 the background; 255 where nothing is known. */
  readonly labels: Uint8Array;
}

/** Cuts a rectangle out of (height, width, channels) bytes. */
export function cut(source: Raster, { x, y, width, height }: Rectangle): Raster {
  const { channels } = source;
  const data = new Uint8Array(width * height * channels);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * source.width + x) * channels;
    data.set(source.data.subarray(from, from + width * channels), row * width * channels);
  }
  return { width, height, channels, data };
}

export function labelRaster({ width, height, labels }: Scene): Raster {
  return { width, height, channels: 1, data: labels };
}

/** Pixels of each class in all scenes, (K); what is not known is not counted. */
export function classPixels(scenes: readonly Scene[], outputs: number): number[] {
  const counts = new Array<number>(outputs).fill(0);
  for (const { labels } of scenes) {
    for (const value of labels) {
      if (value !== ignoreValue) counts[value] = (counts[value] ?? 0) + 1;
    }
  }
  return counts;
}

/** Pixels that stand for a class, to cut crops around. */
const placesKept = 512;

/** By class, a seeded choice of its pixels in the scene: indices y·width + x. */
export function classPlaces(
  { labels }: Scene,
  outputs: number,
  random: Random,
): readonly (readonly number[])[] {
  const places = Array.from({ length: outputs }, (): number[] => []);
  const seen = new Array<number>(outputs).fill(0);
  for (let index = 0; index < labels.length; index++) {
    const value = labels[index] ?? ignoreValue;
    const kept = places[value];
    if (!kept) continue;
    // Reservoir sampling (Vitter, 1985, algorithm R).
    const count = (seen[value] = (seen[value] ?? 0) + 1);
    if (kept.length < placesKept) kept.push(index);
    else {
      const place = random.integer(count);
      if (place < placesKept) kept[place] = index;
    }
  }
  return places;
}
