import { UserError } from '../../../core/errors.ts';
import { cocoText } from '../../../text/index.ts';

/**
 * Run-length coding of binary masks as in COCO (maskApi of the COCO API): lengths of runs down the columns, one column
 * after the other, of 0 and 1 in turn, beginning with 0. In JSON they are numbers (“uncompressed”) or as text: each
 * length, from the fourth on as its difference from the one before the last, in groups of five bits, the lowest first,
 * plus 48 to make a character; bit 32 marks that more groups follow, bit 16 of the last group is the sign.
 */

/** Runs down the columns; of 0 at even indices, of 1 at odd indices. */
export type RunLengths = Uint32Array;

/** Largest number of runs in a mask: only a chessboard of 32,000 × 32,000 px has more. */
const runLimit = 50_000_000;

/** @param name annotation with these runs, for the error. @throws UserError 'invalid-labels' */
export function decodeCocoRuns(text: string, name: string): RunLengths {
  const runs: number[] = [];
  for (let at = 0; at < text.length;) {
    let value = 0;
    let unit = 1;
    let group: number;
    do {
      group = text.charCodeAt(at++) - 48;
      // NaN past the end, which no comparison holds for.
      if (!(group >= 0 && group < 64) || unit > 2 ** 40) throw damagedRuns(name);
      value += (group & 31) * unit;
      unit *= 32;
    } while ((group & 32) !== 0);
    if ((group & 16) !== 0) value -= unit;
    if (runs.length > 2) value += runs[runs.length - 2] ?? 0;
    if (value < 0 || value > 2 ** 32 - 1 || runs.length >= runLimit) throw damagedRuns(name);
    runs.push(value);
  }
  return Uint32Array.from(runs);
}

export function encodeCocoRuns(runs: ArrayLike<number>): string {
  const parts: string[] = [];
  let text = '';
  for (let index = 0; index < runs.length; index++) {
    let value = runs[index] ?? 0;
    if (index > 2) value -= runs[index - 2] ?? 0;
    for (let more = true; more;) {
      const rest = Math.floor(value / 32);
      const group = value - rest * 32;
      more = (group & 16) === 0 ? rest !== 0 : rest !== -1;
      text += String.fromCharCode(group + (more ? 32 : 0) + 48);
      value = rest;
    }
    if (text.length > 2 ** 14) {
      parts.push(text);
      text = '';
    }
  }
  return parts.join('') + text;
}

/**
 * Checks lengths from JSON: whole numbers that fill the mask.
 *
 * @throws UserError 'invalid-labels'
 */
export function checkRuns(
  runs: ArrayLike<unknown>,
  { width, height }: { readonly width: number; readonly height: number },
  name: string,
): RunLengths {
  if (runs.length > runLimit) throw damagedRuns(name);
  const checked = new Uint32Array(runs.length);
  let total = 0;
  for (let index = 0; index < runs.length; index++) {
    const run = runs[index];
    if (typeof run !== 'number' || !Number.isInteger(run) || run < 0) throw damagedRuns(name);
    total += run;
    if (total > width * height) break;
    checked[index] = run;
  }
  if (total === width * height) return checked;
  throw new UserError('invalid-labels', cocoText.runsDoNotFill(name, { width, height }));
}

function damagedRuns(name: string): UserError {
  return new UserError('invalid-labels', cocoText.runsDamaged(name));
}

/** Collects runs from pixels that come down the columns, in order. */
export class RunCollector {
  readonly #runs: number[] = [];
  #value = false;
  #length = 0;

  push(value: boolean, count = 1): void {
    if (count === 0) return;
    if (value !== this.#value) {
      this.#runs.push(this.#length);
      this.#value = value;
      this.#length = 0;
    }
    this.#length += count;
  }

  end(): RunLengths {
    return Uint32Array.from([...this.#runs, this.#length]);
  }
}

/** Returns the runs of a mask (height, width) in rows; every value except 0 is inside. */
export function runsOf(
  mask: Uint8Array,
  { width, height }: { readonly width: number; readonly height: number },
): RunLengths {
  const collector = new RunCollector();
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) collector.push(mask[y * width + x] !== 0);
  }
  return collector.end();
}

/** Returns the mask (height, width) in rows, of 0 and 1. */
export function runsToMask(
  runs: RunLengths,
  { width, height }: { readonly width: number; readonly height: number },
): Uint8Array {
  const mask = new Uint8Array(width * height);
  let at = 0;
  for (const [index, length] of runs.entries()) {
    const end = at + length;
    if (index % 2 === 0) {
      at = end;
      continue;
    }
    for (; at < end; at++) mask[(at % height) * width + Math.floor(at / height)] = 1;
  }
  return mask;
}
