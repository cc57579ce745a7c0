import type { Domain } from '../../../../contract/app.ts';
import type { CardDomain, CatalogueEntry } from '../../../../contract/catalogue.ts';

export interface CardGroup {
  readonly domain: CardDomain;
  readonly entries: readonly CatalogueEntry[];
}

const orders: Record<Domain, readonly [CardDomain, ...CardDomain[]]> = {
  medical: ['medical', 'general', 'satellite'],
  satellite: ['satellite', 'general', 'medical'],
  other: ['general', 'medical', 'satellite'],
};

/** Cards by domain, that of the project first; in each domain those with permitted commercial use first. */
export function groupsOf(entries: readonly CatalogueEntry[], domain: Domain): CardGroup[] {
  const rank = ({ card }: CatalogueEntry): number => ['yes', 'ask', 'no'].indexOf(card.commercial);
  return orders[domain]
    .map((of) => ({
      domain: of,
      entries: entries
        .filter(({ card }) => card.domain === of)
        .toSorted((one, other) => rank(one) - rank(other)),
    }))
    .filter((group) => group.entries.length > 0);
}

export function firstDomain(domain: Domain): CardDomain {
  return orders[domain][0];
}

/** Size of all files of a card; null if the size of the weights is unknown. */
export function bytesOf({ card: { files } }: CatalogueEntry): number | null {
  const [weights, ...others] = files;
  if (weights?.bytes == null) return null;
  return others.reduce((sum, { bytes }) => sum + (bytes ?? 0), weights.bytes);
}
