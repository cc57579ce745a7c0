import { dicomAdvice, dicomText } from '../../../text/index.ts';
import type { DataSet } from './data-set.ts';
import { damaged, unsupported } from './faults.ts';
import type { ImagePixel } from './image-pixel.ts';
import {
  tableBytes,
  tableDescriptor,
  tableEntries,
  tableWords,
  type TableDescriptor,
} from './lookup-tables.ts';

const colours = ['Red', 'Green', 'Blue'] as const;

/**
 * Reads the palette of a PALETTE COLOR image (PS3.3, C.7.9), plain or segmented, for every index that the stored bits
 * can represent: indices before the first entry have its colour, indices after the last entry have that one's.
 *
 * @returns (256 or more, 3) RGB, 8 bits
 * @throws DicomFault 'invalid-file', 'unsupported'
 */
export function readPalette(dataSet: DataSet, { bitsStored }: ImagePixel): Uint8Array {
  if (bitsStored > 16) {
    throw unsupported(dicomText.deepPalette, dicomAdvice.saveAsRgb);
  }
  const channels = colours.map((colour) => channel(dataSet, colour));
  const shift = shiftOf(channels);
  const size = Math.max(256, 2 ** bitsStored);
  const palette = new Uint8Array(3 * size);
  for (const [sample, { first, entries }] of channels.entries()) {
    for (let index = 0; index < size; index++) {
      const entry = Math.min(entries.length - 1, Math.max(0, index - first));
      palette[3 * index + sample] = (entries[entry] ?? 0) >> shift;
    }
  }
  return palette;
}

interface Channel {
  readonly first: number;
  readonly bits: number;
  readonly entries: Uint16Array;
}

function channel(dataSet: DataSet, colour: (typeof colours)[number]): Channel {
  const descriptor = tableDescriptor(dataSet, `${colour}PaletteColorLookupTableDescriptor`, false);
  const plain = dataSet.get(`${colour}PaletteColorLookupTableData`);
  const segmented = dataSet.get(`Segmented${colour}PaletteColorLookupTableData`);
  const entries =
    plain === undefined && segmented !== undefined
      ? expand(descriptor.bits <= 8 ? tableBytes(segmented) : tableWords(segmented), descriptor)
      : tableEntries(plain, descriptor.entries);
  return { first: descriptor.first & 0xffff, bits: descriptor.bits, entries };
}

/**
 * Number of bits to drop to get 8. Some writers state 16 bits and store 8; a palette whose upper bytes are all 0 is
 * treated as such.
 */
function shiftOf(channels: readonly Channel[]): number {
  const isNarrow = channels.every(({ entries }) => entries.every((entry) => entry < 256));
  const bits = Math.max(...channels.map((one) => one.bits));
  return isNarrow ? 0 : Math.max(0, bits - 8);
}

/** Expands a segmented table (C.7.9.2): runs of entries, ramps, and repeats of earlier segments. */
function expand(
  data: Uint8Array | Uint16Array,
  { entries }: Pick<TableDescriptor, 'entries'>,
): Uint16Array {
  const table = new Uint16Array(entries);
  let filled = 0;
  const put = (value: number): void => {
    if (filled < entries) table[filled++] = Math.round(value);
  };
  /** Expands the segment at `at` and returns where the next one begins. */
  const segment = (at: number, isRepeat: boolean): number => {
    const [code = -1, length = 0] = [data[at], data[at + 1]];
    if (code === 0) {
      for (let i = 0; i < length; i++) put(data[at + 2 + i] ?? 0);
      return at + 2 + length;
    }
    if (code === 1 && filled > 0) {
      const from = table[filled - 1] ?? 0;
      const to = data[at + 2] ?? 0;
      for (let i = 1; i <= length; i++) put(from + ((to - from) * i) / length);
      return at + 3;
    }
    if (code !== 2 || isRepeat) throw damaged(dicomText.brokenPalette);
    // The offset counts bytes and takes two entries, the lower one first.
    const size = data.BYTES_PER_ELEMENT;
    const offset = ((data[at + 2] ?? 0) + (data[at + 3] ?? 0) * 2 ** (8 * size)) / size;
    for (let i = 0, from = offset; i < length; i++) from = segment(from, true);
    return at + 4;
  };
  for (let at = 0; filled < entries;) {
    if (at + 2 >= data.length) throw damaged(dicomText.paletteCutShort);
    at = segment(at, false);
  }
  return table;
}
