/** Side of a tile, px. */
const side = 512;

/**
 * Writes an 8-bit raster as a tiled TIFF, without smaller levels. Its tiles have only a few shades, and equal tiles
 * are stored once: 20,000 × 20,000 px take a megabyte.
 */
export function hugeRaster(width: number, height: number): Buffer {
  const [across, down] = [Math.ceil(width / side), Math.ceil(height / side)];
  const shades = Array.from({ length: 8 }, (_, index) => 40 + 25 * index);
  const tiles = shades.map((shade) => {
    const tile = Buffer.alloc(side * side, shade);
    // A grid of lines, so that moving and zooming are visible.
    for (let at = 0; at < side; at += 64) tile.fill(255, at * side, at * side + side);
    for (let row = 0; row < side; row++) {
      for (let at = 0; at < side; at += 64) tile[row * side + at] = 255;
    }
    return tile;
  });
  const count = across * down;
  const offsets = Array.from({ length: count }, (_, index) => {
    const [x, y] = [index % across, Math.floor(index / across)];
    return 8 + ((x + 3 * y) % tiles.length) * side * side;
  });
  const listsAt = 8 + tiles.length * side * side;
  const directoryAt = listsAt + 8 * count;
  const fields: readonly (readonly [tag: number, count: number, value: number])[] = [
    [256, 1, width],
    [257, 1, height],
    [258, 1, 8],
    [259, 1, 1],
    [262, 1, 1],
    [277, 1, 1],
    [322, 1, side],
    [323, 1, side],
    [324, count, listsAt],
    [325, count, listsAt + 4 * count],
  ];
  const head = Buffer.from('II*\0\0\0\0\0', 'latin1');
  head.writeUInt32LE(directoryAt, 4);
  return Buffer.concat([
    head,
    ...tiles,
    longs(offsets),
    longs(offsets.map(() => side * side)),
    Buffer.from([fields.length, 0]),
    ...fields.map(([tag, length, value]) => longs([tag + 4 * 65_536, length, value])),
    Buffer.alloc(4),
  ]);
}

function longs(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, 4 * index);
  return bytes;
}
