import { expect, it } from 'vitest';
import type { SourceClass } from '../../../../contract/mask-sources.ts';
import { previewPixels } from './preview-pixels.ts';
import { valueColours } from './value-colours.ts';

const colouredClass = (value: number, colour: string | null): SourceClass => ({
  value,
  colour,
  name: null,
  number: value,
  count: 1,
});

it('gives each value a different colour, even if masks have black or the same colour twice', () => {
  const colours = ['#e69f00', null, '#000000', '#e69f00', '#123456'];
  const given = valueColours(colours.map((colour, at) => colouredClass(at + 1, colour)));
  expect(given.get(1)).toBe('#e69f00');
  expect(given.get(5)).toBe('#123456');
  expect(new Set(given.values()).size).toBe(6);
});

it('draws fills with outlines, and dims the rest if a value is highlighted', () => {
  const values = Uint8Array.of(0, 0, 0, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 2, 0, 0, 0);
  const preview = { width: 4, height: 5, values };
  const colours = new Map([
    [1, '#102030'],
    [2, '#ffffff'],
  ]);
  const alphas = (highlighted: number | null): number[] =>
    [...previewPixels(preview, colours, highlighted)].filter((_, at) => at % 4 === 3);
  expect([...previewPixels(preview, colours, null).subarray(20, 24)]).toEqual([16, 32, 48, 255]);
  const [fill] = [alphas(null)[10]];
  expect(fill).toBeGreaterThan(50);
  expect(fill).toBeLessThan(200);
  expect(alphas(null)[0]).toBe(0);
  expect(alphas(2)[5]).toBeLessThan(fill ?? 0);
  expect(alphas(2)[16]).toBe(255);
});
