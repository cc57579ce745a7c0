import { expect, test } from 'vitest';
import { boundaryReach } from '../../../core/metrics/boundary-f1.ts';
import type { PixelSpacing } from '../../../formats/raster/image-file.ts';
import { requireTolerance, toleranceIn, type MeasuredImage } from './border-tolerance.ts';

function imageOf(spacing: PixelSpacing | null, side = 600): MeasuredImage {
  return { image: { path: '/in/a.tif', frame: 2 }, width: side, height: side, spacing };
}

const fine = imageOf({ x: 0.5, y: 0.25, unit: 'mm' });

test.each([
  ['px, whatever the pixel size', fine, 1, 'px', { x: 1, y: 1 }],
  ['px, for an unknown pixel size', imageOf(null), 2.5, 'px', { x: 2, y: 2 }],
  [
    'px, for pixels in degrees',
    imageOf({ x: 1e-4, y: 1e-4, unit: 'degree' }),
    2,
    'px',
    { x: 2, y: 2 },
  ],
  ['mm, for pixels in mm', fine, 1, 'mm', { x: 2, y: 4 }],
  ['m, for pixels in mm', fine, 0.01, 'm', { x: 20, y: 40 }],
  ['mm, for pixels in m', imageOf({ x: 0.1, y: 0.3, unit: 'm' }), 900, 'mm', { x: 9, y: 3 }],
  ['m, for pixels in m', imageOf({ x: 10, y: 10, unit: 'm' }), 25, 'm', { x: 2, y: 2 }],
  ['m, less than a pixel', imageOf({ x: 10, y: 10, unit: 'm' }), 9.9, 'm', { x: 0, y: 0 }],
  ['px, limited to the image', imageOf(null, 100), 1000, 'px', { x: 99, y: 99 }],
  ['px, up to the maximum', imageOf(null), 256, 'px', { x: 256, y: 256 }],
] as const)('converts a tolerance in %s', (_, image, distance, unit, reach) => {
  expect(boundaryReach(toleranceIn(image, { distance, unit }), image)).toEqual(reach);
});

test.each([
  [imageOf(null), 1, 'mm', '/in/a.tif#3 does not state its pixel size'],
  [imageOf({ x: 1e-4, y: 1e-4, unit: 'degree' }), 1, 'm', 'in degrees'],
  [imageOf(null), 257, 'px', 'A tolerance of 257 px is 257 pixels'],
  [fine, 65, 'mm', 'A tolerance of 65 mm is 260 pixels in /in/a.tif#3'],
] as const)('reports what cannot be measured: %j', (image, distance, unit, sentence) => {
  const refuse = () => {
    requireTolerance([imageOf({ x: 1, y: 1, unit: 'mm' }, 50), image], { distance, unit });
  };
  expect(refuse).toThrow(sentence);
  expect(refuse).toThrow(expect.objectContaining({ code: 'invalid-option' }) as Error);
});
