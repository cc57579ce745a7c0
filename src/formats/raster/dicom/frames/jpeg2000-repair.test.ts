import { describe, expect, it } from 'vitest';
import { withSizeOfTile } from './jpeg2000-repair.ts';

const picture = { columns: 256, rows: 1024 };
/** Right edge, lower edge, corner, tile, corner of the first tile. */
const sound = [256, 1024, 0, 0, 256, 1024, 0, 0];
const damaged = [0xdde0_0100, ...sound.slice(1)];

function codestream(sizes: readonly number[]): Uint8Array {
  const bytes = Buffer.alloc(50);
  Buffer.from('ff4fff5100290000', 'hex').copy(bytes);
  for (const [i, size] of sizes.entries()) bytes.writeUInt32BE(size, 8 + 4 * i);
  return bytes;
}

describe('withSizeOfTile', () => {
  it('uses the size of the only tile if the stated size has too many', () => {
    const bytes = codestream(damaged);
    expect(withSizeOfTile(bytes, picture)).toEqual(new Uint8Array(codestream(sound)));
    // Read bytes are unchanged.
    expect(bytes).toEqual(codestream(damaged));
  });

  it.each([
    ['what is sound', sound],
    ['a size that can be', [512, ...sound.slice(1)]],
    ['as many tiles as there may be', [256 * 65_535, ...sound.slice(1)]],
    ['a picture that does not begin in the corner', damaged.with(2, 1)],
    ['tiles that do not', damaged.with(7, 1)],
    ['tiles of another width', damaged.with(4, 128)],
    ['tiles of another height', damaged.with(5, 1025)],
    ['tiles of no size', damaged.with(4, 0).with(5, 0)],
  ])('does not change %s', (_name, sizes) => {
    expect(withSizeOfTile(codestream(sizes), picture)).toBeNull();
  });

  it('repairs the smallest impossible size', () => {
    const bytes = codestream([256 * 65_535 + 1, ...sound.slice(1)]);
    expect(withSizeOfTile(bytes, picture)).not.toBeNull();
  });

  it('does not change a codestream that is too short', () => {
    expect(withSizeOfTile(codestream(damaged).subarray(0, 39), picture)).toBeNull();
  });
});
