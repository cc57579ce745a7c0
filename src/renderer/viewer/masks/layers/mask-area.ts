import type { ViewedImage } from '../../../../contract/image-view.ts';
import { count } from '../../../lib/format.ts';
import { text } from '../../../text/index.ts';

/** Formats an area in the file's unit, or as a pixel count if the spacing is unknown: `12.4 cm²`, `3,204 px`. */
export function areaText(pixels: number, spacing: ViewedImage['spacing']): string {
  if (spacing === null || spacing.unit === 'degree') return `${count(pixels)} ${text.masks.pixels}`;
  const area = pixels * spacing.x * spacing.y;
  // Large areas use the larger unit.
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
