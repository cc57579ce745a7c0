import { expect, it } from 'vitest';
import type { CardDomain, CatalogueEntry, CommercialUse } from '../../../../contract/catalogue.ts';
import { bytesOf, groupsOf } from './card-order.ts';

function entry(
  id: string,
  domain: CardDomain,
  commercial: CommercialUse = 'yes',
  sizes: (number | null)[] = [null],
): CatalogueEntry {
  const files = sizes.map((bytes, at) => ({ name: `${at}`, url: '', bytes, sha256: null }));
  const shape = { patchSize: 16, imageSize: 224, bands: 3, width: 384, blocks: 12, parameters: 1 };
  const words = { name: id, suits: '', page: '', licence: null, why: '', training: null };
  const card = { id, domain, commercial, files, isGated: false, ...shape, ...words };
  return {
    card,
    state: 'absent',
    part: 0,
    teacher: null,
    file: null,
    isVerified: null,
    sha256: null,
  };
}

const entries = [
  entry('a', 'general'),
  entry('b', 'medical', 'no'),
  entry('c', 'medical', 'ask'),
  entry('d', 'medical'),
];

it.each([
  ['medical', ['d', 'c', 'b', 'a']],
  ['satellite', ['a', 'd', 'c', 'b']],
  ['other', ['a', 'd', 'c', 'b']],
] as const)(
  'for %s projects the same domain comes first, and in it commercial use',
  (domain, order) => {
    const groups = groupsOf(entries, domain);
    expect(groups.flatMap((group) => group.entries.map(({ card }) => card.id))).toEqual(order);
    expect(groups).toHaveLength(2);
  },
);

it.each([
  [[null], null],
  [[null, 5], null],
  [[100], 100],
  [[100, null, 5], 105],
])('files of %j are %j bytes', (sizes, bytes) => {
  expect(bytesOf(entry('a', 'general', 'yes', sizes))).toBe(bytes);
});
