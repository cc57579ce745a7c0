import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { pixelAreaOf } from '../../src/formats/vector/pixel-area.ts';

// Areas of grids on Earth by pyproj (see make_areas.py).

const number = z.number();
const cases = z
  .array(
    z.object({
      crs: z.string(),
      transform: z.tuple([number, number, number, number, number, number]),
      width: number,
      height: number,
      area: number,
    }),
  )
  .parse(JSON.parse(readFileSync(new URL('areas.json', import.meta.url), 'utf8')));

test.each(cases)('$crs $transform', ({ crs, transform, width, height, area }) => {
  const measure = pixelAreaOf({ geo: { crs, transform }, spacing: null });
  expect(measure?.unit).toBe('m²');
  let sum = 0;
  for (let row = 0; row < height; row++) sum += measure?.runArea(row, 0, width) ?? NaN;
  // Both are exact except in the middle of pieces whose rows are curved.
  expect(Math.abs(sum / area - 1)).toBeLessThan(transform[1] === 0 ? 2e-7 : 1e-6);
});
