import { blockSide } from '../../core/suggest/marks.ts';
import type { ChosenMarks } from '../../core/suggest/marks.ts';
import type { PixelSamples } from '../../core/suggest/pixel-classifier.ts';
import { patchGridOf } from '../../core/suggest/proposal.ts';
import { patchCounts } from './feature-cache.ts';
import type { FeatureCache, Subject } from './feature-cache.ts';

/** Features of the chosen pixels; all classes have equally many. */
export function trainingSamples(
  cache: FeatureCache,
  subject: Subject,
  chosen: readonly ChosenMarks[],
): PixelSamples {
  const { image, reader } = subject;
  const each = chosen[0]?.pixels.length ?? 0;
  const count = each * chosen.length;
  const features = cache.block(subject, { x: 0, y: 0 }).bytes.features;
  const bytes = new Uint8Array(count * features);
  const patches = new Float32Array(count * reader.width);
  const classes = new Uint8Array(count);
  chosen.forEach(({ pixels }, own) => {
    pixels.forEach((pixel, index) => {
      const row = own * each + index;
      const [x, y] = [pixel % image.width, Math.floor(pixel / image.width)];
      copyBytes(cache, subject, x, y, bytes.subarray(row * features, (row + 1) * features));
      const start = row * reader.width;
      interpolate(cache, subject, x, y, patches.subarray(start, start + reader.width));
      classes[row] = own;
    });
  });
  return { count, bytes, patches, classes };
}

function copyBytes(
  cache: FeatureCache,
  subject: Subject,
  x: number,
  y: number,
  out: Uint8Array,
): void {
  const place = { x: Math.floor(x / blockSide), y: Math.floor(y / blockSide) };
  const { bytes, width } = cache.block(subject, place);
  const at = (y % blockSide) * width + (x % blockSide);
  for (let feature = 0; feature < out.length; feature++) {
    out[feature] = bytes.data[feature * bytes.pixels + at] ?? 0;
  }
}

/** Interpolates features bilinearly between patch centres. */
function interpolate(
  cache: FeatureCache,
  subject: Subject,
  x: number,
  y: number,
  out: Float32Array,
): void {
  const { image, reader } = subject;
  const { patchSize } = reader;
  const { across, down } = patchCounts(image, reader);
  const grid = patchGridOf({ x, y, width: 1, height: 1 }, patchSize, across, down);
  const [right, lower] = [
    clamped((x + 0.5) / patchSize - 0.5 - grid.left),
    clamped((y + 0.5) / patchSize - 0.5 - grid.top),
  ];
  for (let row = 0; row < grid.rows; row++) {
    for (let column = 0; column < grid.columns; column++) {
      const share =
        (grid.columns === 1 ? 1 : column ? right : 1 - right) *
        (grid.rows === 1 ? 1 : row ? lower : 1 - lower);
      const patch = cache.patch(subject, grid.left + column, grid.top + row);
      for (let at = 0; at < out.length; at++) {
        out[at] = (out[at] ?? 0) + share * (patch[at] ?? 0);
      }
    }
  }
}

function clamped(share: number): number {
  return Math.max(0, Math.min(1, share));
}
