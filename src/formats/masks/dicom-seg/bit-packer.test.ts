import fc from 'fast-check';
import { expect, it } from 'vitest';
import { BitPacker } from './bit-packer.ts';

it('frames follow each other bit by bit, the first pixel in the lowest bit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 40 })),
      fc.integer({ min: 1, max: 3 }),
      (frames, value) => {
        const packer = new BitPacker();
        const parts = frames.map((frame) => packer.push(Uint8Array.from(frame), value));
        const bytes = Buffer.concat([...parts, packer.end()]);
        const pixels = frames.flat();
        expect(bytes).toHaveLength(Math.ceil(pixels.length / 8));
        const bits = [...bytes].flatMap((byte) =>
          Array.from({ length: 8 }, (_, bit) => (byte >> bit) & 1),
        );
        expect(bits.slice(0, pixels.length)).toEqual(pixels.map((one) => Number(one === value)));
        expect(bits.slice(pixels.length)).toEqual(bits.slice(pixels.length).map(() => 0));
      },
    ),
  );
});
