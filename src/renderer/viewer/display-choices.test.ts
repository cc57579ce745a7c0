import { expect, it } from 'vitest';
import { choiceFor, noChoices, withChoice } from './display-choices.ts';
import { viewedImage } from './testing.ts';

const ct = viewedImage({ series: 'a', modality: 'CT', display: { unit: 'HU' } });
const range = { kind: 'window', center: -30, width: 200 } as const;
const asModel = { bands: null, range: null };

it.each<[string, ReturnType<typeof viewedImage>, boolean]>([
  ['another slice of the series', { ...ct, id: 2 }, true],
  ['another series', { ...ct, series: 'b' }, false],
  ['another modality', { ...ct, modality: 'MR' }, false],
  ['values without the unit', { ...ct, display: { ...ct.display, unit: null } }, false],
  ['colours', { ...ct, interpretation: 'rgb' }, false],
  ['other values', { ...ct, sampleType: 'float32' }, false],
])('a window is kept for %s: %s', (_, other, isKept) => {
  const choices = withChoice(noChoices, ct, { range });
  expect(choiceFor(choices, other)).toEqual(isKept ? { bands: null, range } : asModel);
  // The choice applies again after returning to the first kind.
  expect(choiceFor(choices, ct).range).toBe(range);
});

it('images outside any series share one choice', () => {
  const choices = withChoice(noChoices, viewedImage(), { bands: [2] });
  expect(choiceFor(withChoice(choices, viewedImage(), { range }), viewedImage({ id: 7 }))).toEqual({
    bands: [2],
    range,
  });
});

it('a reset is of that kind alone', () => {
  const plain = viewedImage();
  const both = withChoice(withChoice(noChoices, ct, { range }), plain, { range });
  const left = withChoice(both, ct, 'asModel');
  expect([choiceFor(left, ct), choiceFor(left, plain).range]).toEqual([asModel, range]);
});
