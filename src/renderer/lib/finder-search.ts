/** Something that can be found and chosen. */
export interface Offer {
  readonly label: string;
  /** Words that it is found by as well; what begins with the search by its label comes first. */
  readonly also?: string;
  /** Right of it: its key, or what kind of thing it is. */
  readonly hint: string;
  /** Of a mark beside it: sRGB, `#rrggbb`. */
  readonly colour?: string;
  run(): void;
}

/**
 * Offers whose words begin with the words of a search, in any order; those that begin with it first.
 */
export function matching(offers: readonly Offer[], search: string): Offer[] {
  const wanted = wordsOf(search);
  if (wanted.length === 0) return [...offers];
  const needle = search.trim().toLowerCase();
  return offers
    .filter(({ label, also = '' }) => {
      const words = wordsOf(`${label} ${also}`);
      return wanted.every((part) => words.some((word) => word.startsWith(part)));
    })
    .sort((one, other) => begins(other) - begins(one));

  function begins({ label }: Offer): number {
    return label.toLowerCase().startsWith(needle) ? 1 : 0;
  }
}

function wordsOf(phrase: string): string[] {
  return phrase
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}
