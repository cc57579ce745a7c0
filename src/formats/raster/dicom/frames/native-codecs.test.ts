import { describe, expect, it } from 'vitest';
import { CodecError, decodeNatively, fitsMemory } from './native-codecs.ts';

const frame = {
  bytes: new Uint8Array(100),
  width: 16_000,
  height: 16_000,
  components: 1,
  precision: 16,
};

describe('the native codecs', () => {
  it('accept frames that fit into their memory, JPEG 2000 as 32-bit values', () => {
    expect(fitsMemory('jpeg-2000', frame)).toBe(true);
    expect(fitsMemory('jpeg-2000', { ...frame, height: 23_000 })).toBe(false);
    expect(fitsMemory('jpeg', { ...frame, height: 23_000 })).toBe(true);
    expect(fitsMemory('jpeg', { ...frame, components: 3, height: 23_000 })).toBe(false);
  });

  it.each(['jpeg', 'jpeg-ls', 'jpeg-2000'] as const)(
    'refuse data that are not %s',
    async (codec) => {
      const noise = {
        bytes: new Uint8Array(100),
        width: 4,
        height: 4,
        components: 1,
        precision: 8,
      };
      await expect(decodeNatively(codec, noise)).rejects.toBeInstanceOf(CodecError);
    },
  );
});
