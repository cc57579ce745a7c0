/** Smallest number of consecutive bands that is written as a range. */
const leastRun = 4;

/** Formats 1-based band numbers for a text field or the command line: `1-6, 8`. */
export function writtenBandList(bands: readonly number[]): string {
  const runs: number[][] = [];
  for (const band of bands) {
    const run = runs.at(-1);
    if (run?.at(-1) === band - 1) run.push(band);
    else runs.push([band]);
  }
  return runs
    .map((run) => (run.length < leastRun ? run.join(', ') : `${run[0] ?? ''}-${run.at(-1) ?? ''}`))
    .join(', ');
}

/** Largest band number that is accepted. */
const mostBand = 4096;

/** Parsed band numbers, or the part of the text that is not valid. */
export type ReadBands =
  | { readonly bands: readonly number[] }
  /** First part of the text that is neither a band number nor a range. */
  | { readonly unread: string };

/**
 * Parses band numbers and ascending ranges, separated by commas, semicolons or spaces. Any dash counts as a hyphen.
 */
export function readBandList(text: string): ReadBands {
  const joined = text
    .split(/[-‐‑‒–—−]/)
    .map((part) => part.trim())
    .join('-');
  const bands: number[] = [];
  for (const part of joined.split(/[\s,;]+/).filter((one) => one !== '')) {
    const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(part) ?? [];
    const [from, to] = [Number(first), Number(last)];
    if (!(from >= 1 && from <= to && to <= mostBand)) return { unread: part };
    for (let band = from; band <= to; band++) bands.push(band);
  }
  return { bands };
}
