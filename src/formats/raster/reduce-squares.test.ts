import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ImageHeader, Pixels } from './image-file.ts';
import { reduceSquares } from './reduce-squares.ts';

type Mixing = Pick<ImageHeader, 'format' | 'interpretation' | 'nodata' | 'alpha'>;

/** Reduces by definition, one square after the other. */
function defined({ width, height, bands, data }: Pixels, factor: number, mixing: Mixing): number[] {
  const { format, interpretation, nodata } = mixing;
  const alpha = format === 'png' ? null : mixing.alpha;
  const out: number[] = [];
  for (let top = 0; top < height; top += factor) {
    for (let left = 0; left < width; left += factor) {
      for (let band = 0; band < bands; band++) {
        const values: number[] = [];
        const isAlpha = alpha !== null && band === bands - 1;
        for (let y = top; y < Math.min(height, top + factor); y++) {
          for (let x = left; x < Math.min(width, left + factor); x++) {
            const at = (y * width + x) * bands;
            const value = data[at + band] ?? NaN;
            const isMasked = alpha !== null && !isAlpha && data[at + bands - 1] === 0;
            if (isMasked || Number.isNaN(value) || (value === nodata && !isAlpha)) continue;
            values.push(value);
          }
        }
        const corner = data[(top * width + left) * bands + band] ?? NaN;
        const sum = values.reduce((all, value) => all + value, 0);
        const mean = values.length > 0 ? sum / values.length : (nodata ?? NaN);
        out.push(Math.fround(interpretation === 'palette' ? corner : mean));
      }
    }
  }
  return out;
}

test('squares of any type and form are reduced as defined, to the bit', () => {
  const side = fc.integer({ min: 1, max: 11 });
  const mixing: fc.Arbitrary<Mixing> = fc.record({
    format: fc.constantFrom('tiff', 'png'),
    interpretation: fc.constantFrom('bands', 'palette'),
    nodata: fc.constantFrom(null, 3),
    alpha: fc.constantFrom(null, 3),
  });
  const type = fc.constantFrom(Uint8Array, Uint16Array, Int32Array, Float32Array, Float64Array);
  fc.assert(
    fc.property(
      ...[side, side, fc.integer({ min: 1, max: 5 }), fc.integer({ min: 2, max: 4 })],
      ...([mixing, type, fc.infiniteStream(fc.double({ min: 0, max: 6 }))] as const),
      (width, height, bands, factor, form, array, stream) => {
        const values = [...stream.take(width * height * bands)];
        const data = array.from(values.map((value) => (value > 5.5 ? NaN : value)));
        const pixels = { width, height, bands, data };
        const expected = defined(pixels, factor, form);
        const out = new Float32Array(expected.length);
        reduceSquares(pixels, factor, form, out);
        expect([...out]).toEqual(expected);
      },
    ),
  );
});
