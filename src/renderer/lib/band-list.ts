/** Bands that are written as a range where they follow each other; fewer are as short one by one. */
const leastRun = 4;

/** Bands counted from 1 as they are written in a field and on the command line: `1-6, 8`. */
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

/** No image has more bands. */
const mostBand = 4096;

/** What was written, and whether all of it can be read. */
export type ReadBands =
  | { readonly bands: readonly number[] }
  /** The first part that is neither a band nor a range of them. */
  | { readonly unread: string };

/** Of numbers and ranges of them, which go upwards, between commas, semicolons or spaces; dashes are taken as hyphens. */
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
