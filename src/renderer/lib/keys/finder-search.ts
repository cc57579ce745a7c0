/** Entry of a search list. */
export interface Offer {
  readonly label: string;
  /** Further search words. Matches at the start of a label come first. */
  readonly also?: string;
  /** Text on the right: the key, or the kind of entry. */
  readonly hint: string;
  /** Colour of the mark beside the label: sRGB, `#rrggbb`. */
  readonly colour?: string;
  run(): void;
}

/**
 * Entries with words that begin with the search words, in any order; labels that begin with the search come first.
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
