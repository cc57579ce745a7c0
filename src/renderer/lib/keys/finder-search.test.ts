import { expect, it } from 'vitest';
import { matching, type Offer } from './finder-search.ts';

function offer(label: string): Offer {
  return { label, hint: '', run: () => undefined };
}

const offers = ['Go to labels', 'Label town', 'New project', 'Skip factor', 'Großer Ätna'].map(
  offer,
);

it.each([
  ['', 5],
  ['lab', 2],
  ['FACTOR skip', 1],
  ['abel', 0],
  ['ät', 1],
  ['nothing', 0],
])('finds by the beginnings of words: “%s” finds %d', (search, count) => {
  expect(matching(offers, search)).toHaveLength(count);
});

it('puts labels that begin with the search first', () => {
  expect(matching(offers, 'label').map(({ label }) => label)).toEqual([
    'Label town',
    'Go to labels',
  ]);
});

it('finds by further search words, after matches of the label', () => {
  const masks = [{ ...offer('Labels'), also: 'masks outlines' }, offer('Mask tools')];
  expect(matching(masks, 'mask').map(({ label }) => label)).toEqual(['Mask tools', 'Labels']);
  expect(matching(masks, 'label out')).toHaveLength(1);
});
