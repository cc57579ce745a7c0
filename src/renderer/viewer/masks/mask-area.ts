import { count } from '../../lib/format.ts';
import { text } from '../../text/index.ts';

/** Between the centres of neighbouring pixels. */
export interface PixelSpacing {
  readonly x: number;
  readonly y: number;
  readonly unit: 'mm' | 'm' | 'degree';
}

/** How much so many pixels are, where the file knows, else how many: `12.4 cm²`, `3,204 px`. */
export function areaSaid(pixels: number, spacing: PixelSpacing | null): string {
  if (spacing === null || spacing.unit === 'degree') return `${count(pixels)} ${text.masks.pixels}`;
  const area = pixels * spacing.x * spacing.y;
  // Past a million of the smaller unit the larger one reads better.
  const [value, unit] =
    spacing.unit === 'mm'
      ? area < 10_000
        ? ([area, 'mm²'] as const)
        : ([area / 100, 'cm²'] as const)
      : area < 1e6
        ? ([area, 'm²'] as const)
        : ([area / 1e6, 'km²'] as const);
  return `${value < 10 ? value.toPrecision(2) : count(Math.round(value))} ${unit}`;
}
