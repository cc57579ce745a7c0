import { boundsOf, type Bounds, type WorldRing } from './world-rings.ts';

/** A polygon as stored in a GeoPackage, and its bounding box. */
export interface GpkgGeometry {
  readonly bytes: Buffer;
  readonly bounds: Bounds;
}

const wkbPolygon = 3;
/** Little-endian numbers, and an envelope of x and y (OGC 12-128r18, 2.1.3). */
const flags = 0b0000_0011;

/** @param rings closed ones; the outer one first */
export function gpkgPolygon(rings: readonly WorldRing[], srsId: number): GpkgGeometry {
  const bounds = boundsOf(rings);
  const points = rings.reduce((sum, ring) => sum + ring.length / 2, 0);
  const bytes = Buffer.alloc(40 + 9 + 4 * rings.length + 16 * points);
  let at = bytes.write('GP', 0, 'latin1');
  at = bytes.writeUInt8(0, at);
  at = bytes.writeUInt8(flags, at);
  at = bytes.writeInt32LE(srsId, at);
  for (const side of ['left', 'right', 'bottom', 'top'] as const) {
    at = bytes.writeDoubleLE(bounds[side], at);
  }
  at = bytes.writeUInt8(1, at);
  at = bytes.writeUInt32LE(wkbPolygon, at);
  at = bytes.writeUInt32LE(rings.length, at);
  for (const ring of rings) {
    at = bytes.writeUInt32LE(ring.length / 2, at);
    for (const value of ring) at = bytes.writeDoubleLE(value, at);
  }
  return { bytes, bounds };
}
