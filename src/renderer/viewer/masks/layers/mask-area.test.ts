import { expect, it } from 'vitest';
import { areaText } from './mask-area.ts';

it.each([
  ['pixels where nothing is known', 3204, null, '3,204 px'],
  ['pixels where a degree is no length', 12, { x: 0.1, y: 0.1, unit: 'degree' }, '12 px'],
  ['square millimetres', 100, { x: 0.5, y: 0.5, unit: 'mm' }, '25 mm²'],
  ['few of them', 10, { x: 0.5, y: 0.5, unit: 'mm' }, '2.5 mm²'],
  ['square centimetres', 1e6, { x: 0.5, y: 0.5, unit: 'mm' }, '2,500 cm²'],
  ['square metres', 400, { x: 10, y: 10, unit: 'm' }, '40,000 m²'],
  ['square kilometres', 1e6, { x: 10, y: 10, unit: 'm' }, '100 km²'],
] as const)('an area is written in %s', (_, pixels, spacing, expected) => {
  expect(areaText(pixels, spacing)).toBe(expected);
});
