import type { Rings } from '../polygons/polygon-file.ts';

/** Counts points that were read, and refuses too many. */
export type CountPoints = (points: number) => void;

const depthLimit = 8;
const polygon = 3;
const multiPolygon = 6;
const collection = 7;
/** Bytes of the envelope by its code (OGC 12-128r18, 2.1.3). */
const envelopes = [0, 32, 48, 48, 64];

/**
 * Returns the polygons of a geometry as a GeoPackage stores it; none for points, lines and empty geometries.
 *
 * @throws RangeError for bytes that are not a geometry, or end too early
 */
export function polygonsOf(bytes: Uint8Array, count: CountPoints): Rings[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const isGeoPackage = view.getUint8(0) === 0x47 && view.getUint8(1) === 0x50;
  const flags = view.getUint8(3);
  const envelope = envelopes[(flags >> 1) & 7];
  if (!isGeoPackage || envelope === undefined)
    throw new RangeError('not a GeoPackage geometry (no GP header, or unknown envelope code)');
  const reader = new WkbReader(view, 8 + envelope, count);
  return reader.geometry(0);
}

/** Well-known binary (ISO 19125 and its extension for heights and measures). */
class WkbReader {
  readonly #view: DataView;
  readonly #count: CountPoints;
  #at: number;

  constructor(view: DataView, at: number, count: CountPoints) {
    this.#view = view;
    this.#at = at;
    this.#count = count;
  }

  geometry(depth: number): Rings[] {
    const isLittle = this.#view.getUint8(this.#at) === 1;
    const code = this.#view.getUint32(this.#at + 1, isLittle);
    this.#at += 5;
    const kind = (code & 0x0fff_ffff) % 1000;
    const layout = Math.floor((code & 0x0fff_ffff) / 1000);
    const hasHeight = layout === 1 || layout === 3 || (code & 0x8000_0000) !== 0;
    const hasMeasure = layout === 2 || layout === 3 || (code & 0x4000_0000) !== 0;
    const numbers = 2 + Number(hasHeight) + Number(hasMeasure);
    if (kind === polygon) return [this.#rings(isLittle, numbers)];
    if ((kind !== multiPolygon && kind !== collection) || depth > depthLimit) return [];
    const parts = this.#number(isLittle, 5);
    const polygons: Rings[] = [];
    for (let part = 0; part < parts; part++) {
      const before = this.#at;
      for (const rings of this.geometry(depth + 1)) polygons.push(rings);
      // The length of other geometries is unknown: those after it cannot be read.
      if (this.#at === before + 5) break;
    }
    return polygons;
  }

  #rings(isLittle: boolean, numbers: number): Rings {
    const rings: Float64Array[] = [];
    const many = this.#number(isLittle, 4);
    for (let index = 0; index < many; index++) {
      const points = this.#number(isLittle, 8 * numbers);
      this.#count(points);
      const ring = new Float64Array(2 * points);
      for (let point = 0; point < points; point++, this.#at += 8 * numbers) {
        ring[2 * point] = this.#view.getFloat64(this.#at, isLittle);
        ring[2 * point + 1] = this.#view.getFloat64(this.#at + 8, isLittle);
      }
      if (!ring.every(Number.isFinite))
        throw new RangeError('a point that is not a pair of numbers');
      rings.push(ring);
    }
    return rings;
  }

  /**
   * Reads the number of items that follow, of at least this many bytes each; it cannot exceed what the file holds.
   */
  #number(isLittle: boolean, bytes: number): number {
    const number = this.#view.getUint32(this.#at, isLittle);
    this.#at += 4;
    if (number * bytes > this.#view.byteLength - this.#at) throw new RangeError('ends too early');
    return number;
  }
}
