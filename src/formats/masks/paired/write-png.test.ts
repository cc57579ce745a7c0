import { crc32, inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { maskColours } from '../colours.ts';
import { collected, memoryMask, randomMask } from '../testing/memory-mask.ts';
import { parseLabelList } from './label-list.ts';
import { labelMap } from './write-label-map.ts';
import { pngOfMask } from './write-png.ts';

const classes = [
  { value: 1, name: 'grass: dry', colour: '#009e73' },
  { value: 2, name: 'shadow', colour: '#000000' },
  { value: 3, name: null, colour: '#009e73' },
];

/** Returns chunks by name after checking their checksums. */
function chunksOf(bytes: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const name = bytes.toString('latin1', at + 4, at + 8);
    expect(bytes.readUInt32BE(at + 8 + length)).toBe(
      crc32(bytes.subarray(at + 4, at + 8 + length)),
    );
    const data = bytes.subarray(at + 8, at + 8 + length);
    chunks.set(name, Buffer.concat([chunks.get(name) ?? Buffer.alloc(0), data]));
    at += 12 + length;
  }
  return chunks;
}

describe('an indexed PNG', () => {
  it.each([
    [1, 1],
    [513, 3],
    [5, 1030],
    [1025, 515],
  ])('of %i × %i px has the values as its indices', async (width, height) => {
    const pixels = randomMask(width, { width, height }, [0, 1, 2, 3, 255]);
    const bytes = await collected(pngOfMask(memoryMask(pixels, { width, height }, classes)));
    const chunks = chunksOf(bytes);
    expect([...chunks.keys()]).toEqual(['IHDR', 'PLTE', 'IDAT', 'IEND']);
    const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
    const indices = Buffer.alloc(width * height);
    for (let row = 0; row < height; row++) {
      expect(rows[row * (width + 1)]).toBe(0);
      rows.copy(indices, row * width, row * (width + 1) + 1, (row + 1) * (width + 1));
    }
    expect(Buffer.compare(indices, pixels)).toBe(0);
  });

  it('has a readable list whatever the classes are called', () => {
    const called = ['background', '#1', 'class road'];
    const listed = called.map((name, index) => ({ value: index + 1, name, colour: null }));
    const read = parseLabelList(labelMap(listed), 'labelmap.txt');
    expect(read.slice(1).map(({ name, value }) => ({ name, value }))).toEqual(
      listed.map(({ name, value }) => ({ name, value })),
    );
  });

  it('has each colour once, in its palette and in the class list', () => {
    const colours = [...maskColours(classes)];
    expect(new Set(colours.map(([, colour]) => String(colour))).size).toBe(colours.length);
    const listed = parseLabelList(labelMap(classes), 'labelmap.txt');
    expect(listed.map(({ name, value }) => [name, value])).toEqual([
      ['background', 0],
      ['grass: dry', 1],
      ['shadow', 2],
      ['class 3', 3],
    ]);
    for (const { value, colour } of listed) {
      expect(colour).toEqual(maskColours(classes).get(value));
    }
    // A class keeps its colour if no other value has it.
    expect(maskColours(classes).get(1)).toEqual([0, 0x9e, 0x73]);
  });
});
