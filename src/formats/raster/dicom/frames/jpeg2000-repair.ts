/** Tile numbers have 16 bits, of which the last value is not used (ISO/IEC 15444-1, A.4.2). */
const tileLimit = 65_535;

/** Offsets in the segment SIZ, counted from the beginning of the codestream (A.5.1). */
const at = { size: 8, offset: 16, tile: 24, tileOffset: 32, end: 40 };

/**
 * Repairs an impossible image size: one with more tiles than can be numbered, while the tile at the corner has exactly
 * the size in the DICOM header. Then the image is that tile. Such files are produced by tools that overwrite coded
 * bytes with delimiters.
 *
 * @param codestream with its segment SIZ first
 * @returns null if there is nothing to repair, or the size cannot be determined
 */
export function withSizeOfTile(
  codestream: Uint8Array,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): Uint8Array | null {
  if (codestream.length < at.end) return null;
  const view = new DataView(codestream.buffer, codestream.byteOffset, codestream.length);
  const pair = (place: number): readonly [number, number] => [
    view.getUint32(place),
    view.getUint32(place + 4),
  ];
  const [tileWidth, tileHeight] = pair(at.tile);
  const corners = [...pair(at.offset), ...pair(at.tileOffset)];
  const isOfTile = tileWidth === columns && tileHeight === rows && corners.every((x) => x === 0);
  if (!isOfTile) return null;
  const [width, height] = pair(at.size);
  if (Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight) <= tileLimit) return null;
  const mended = new Uint8Array(codestream);
  mended.set(codestream.subarray(at.tile, at.tile + 8), at.size);
  return mended;
}
