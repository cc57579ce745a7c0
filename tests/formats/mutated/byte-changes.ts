import type { Random } from '../../../src/core/random.ts';
import { oneOf, type Change } from './drawing.ts';

/** Changes to files that consist of numbers at positions. */

/**
 * Number of bytes at either end of a file that are changed more often, because headers and directories are there.
 */
const edge = 512;

function place(content: Buffer, random: Random): number {
  const near = Math.min(edge, content.length);
  const [kind, at] = [random.integer(4), random.integer(near)];
  if (kind === 0) return at;
  return kind === 1 ? content.length - 1 - at : random.integer(content.length);
}

/** Changes bytes from a position on: usually a few, sometimes many. */
function span(content: Buffer, random: Random): [start: number, end: number] {
  const start = place(content, random);
  const longest = oneOf(random, [4, 16, 64, content.length]);
  return [start, Math.min(content.length, start + 1 + random.integer(longest))];
}

function inserted(content: Buffer, at: number, piece: Uint8Array): Buffer {
  return Buffer.concat([content.subarray(0, at), piece, content.subarray(at)]);
}

/** Limits of the usual integer types, and neighbouring values. */
const limits = [7, 8, 15, 16, 24, 31, 32, 53, 63, 64].flatMap((bits) => {
  const power = 1n << BigInt(bits);
  return [power - 1n, power, power + 1n, -power];
});

/**
 * Returns an integer that may cause failures: a limit, a size of this file, or a value related to the one replaced.
 */
function interesting(content: Buffer, random: Random, stored: bigint): bigint {
  const size = BigInt(content.length);
  return oneOf(random, [
    ...[0n, 1n, 2n, -1n, size, size - 1n, size + 1n, size / 2n],
    ...[stored + 1n, stored - 1n, stored * 2n, stored * 256n, stored * 65_537n, -stored],
    ...limits,
  ]);
}

const integer: Change = (content, random) => {
  const size = oneOf(random, [1, 2, 4, 8]);
  if (content.length < size) return content;
  const at = Math.min(place(content, random), content.length - size);
  const bytes = content.subarray(at, at + size);
  const isLittle = random.integer(2) === 0;
  const turned = (): Buffer => (isLittle ? Buffer.from(bytes).reverse() : Buffer.from(bytes));
  const stored = BigInt(`0x${turned().toString('hex')}`);
  const value = BigInt.asUintN(8 * size, interesting(content, random, stored));
  const written = Buffer.from(value.toString(16).padStart(2 * size, '0'), 'hex');
  bytes.set(isLittle ? written.reverse() : written);
  return content;
};

/**
 * Changes digits in a text within the file, such as numbers of DICOM and of XML, without changing its length.
 */
const digits: Change = (content, random) => {
  const start = place(content, random);
  const isDigit = (at: number): boolean => /[0-9]/.test(String.fromCharCode(content[at] ?? 0));
  for (let at = start; at < Math.min(content.length, start + 4 * edge); at++) {
    if (!isDigit(at)) continue;
    const character = oneOf(random, ['0', '9', '-', '.', 'e', '/', '\\', ' ']);
    for (; at < content.length && isDigit(at); at++) {
      if (random.integer(3) > 0) content[at] = character.charCodeAt(0);
    }
    break;
  }
  return content;
};

export const byteChanges: readonly Change[] = [
  integer,
  integer,
  integer,
  digits,
  (content, random) => {
    content[place(content, random)] = random.integer(256);
    return content;
  },
  (content, random) => {
    const at = place(content, random);
    content[at] = (content[at] ?? 0) ^ (1 << random.integer(8));
    return content;
  },
  (content, random) =>
    content.fill(oneOf(random, [0, 1, 0x7f, 0x80, 0xff]), place(content, random)),
  (content, random) => content.fill(oneOf(random, [0, 0x7f, 0xff]), ...span(content, random)),
  (content, random) => content.subarray(0, place(content, random)),
  (content, random) => content.subarray(place(content, random)),
  (content, random) => {
    const [start, end] = span(content, random);
    return Buffer.concat([content.subarray(0, start), content.subarray(end)]);
  },
  (content, random) => {
    const piece = content.subarray(...span(content, random));
    return inserted(content, place(content, random), piece);
  },
  (content, random) => {
    const [start, end] = span(content, random);
    const piece = content.subarray(start, end);
    const times = Math.min(oneOf(random, [1, 2, 30, 1000]), Math.floor(1e5 / piece.length));
    return inserted(content, end, Buffer.concat(new Array<Buffer>(times).fill(piece)));
  },
  (content, random) => {
    const length = 1 + random.integer(8);
    const noise = Buffer.from(Array.from({ length }, () => random.integer(256)));
    return inserted(content, place(content, random), noise);
  },
];
