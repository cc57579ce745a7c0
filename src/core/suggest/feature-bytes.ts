import type { Raster } from '../image/raster.ts';
import type { Rectangle } from '../mask/tiles.ts';
import { featuresPerScale, pixelFeatures, scales } from './pixel-features.ts';
import { cropMirrored } from './window.ts';

/** Margin of pixels around a window that its features depend on: 3 σ of the widest Gaussian, and a difference. */
const margin = 3 * Math.max(...scales) + 2;

/** Features of a window's pixels, one byte each, plane by plane: (F, height, width). */
export interface FeatureBytes {
  readonly features: number;
  readonly pixels: number;
  readonly data: Uint8Array;
}

/** Number of features of an image with the given number of channels. */
export function featureCount(channels: number): number {
  return scales.length * (channels + featuresPerScale);
}

/**
 * Computes `pixelFeatures` of a rectangle of an image as bytes: a quarter of the memory, and a classifier's
 * function of a feature becomes a table of 256 entries. Smoothed bands are stored as they are; features that are small
 * almost everywhere (derivatives and deviations, up to about 0.5) as their signed square root, which
 * resolves 0.00003 next to 0. A pixel has the same bytes in every rectangle.
 */
export function featureBytes(image: Raster, rectangle: Rectangle): FeatureBytes {
  const { x, y, width, height } = rectangle;
  const around = cropMirrored(image, {
    x: x - margin,
    y: y - margin,
    width: width + 2 * margin,
    height: height + 2 * margin,
  });
  const planes = pixelFeatures(around);
  const data = new Uint8Array(planes.length * width * height);
  planes.forEach((plane, feature) => {
    const isBand = feature % (image.channels + featuresPerScale) < image.channels;
    for (let row = 0; row < height; row++) {
      const start = (row + margin) * plane.width + margin;
      const values = plane.data.subarray(start, start + width);
      const out = data.subarray((feature * height + row) * width);
      if (isBand) bandBytes(values, out);
      else rootBytes(values, out);
    }
  });
  return { features: planes.length, pixels: width * height, data };
}

/** Converts [0, 1] to 0 to 255. */
function bandBytes(values: Float32Array, out: Uint8Array): void {
  for (let at = 0; at < values.length; at++) out[at] = (values[at] ?? 0) * 255 + 0.5;
}

/** Converts [−0.5, 0.5] to 1 to 255 by the signed square root, 0 being 128; values beyond are clipped. */
function rootBytes(values: Float32Array, out: Uint8Array): void {
  for (let at = 0; at < values.length; at++) {
    const value = values[at] ?? 0;
    const root = Math.min(127, 127 * Math.sqrt(2 * Math.abs(value)));
    out[at] = 128.5 + (value < 0 ? -root : root);
  }
}
