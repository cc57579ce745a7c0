import { withoutEnd } from '../../../../core/text/scan.ts';
import type { Directory, TiffFile } from '../directory.ts';
import { tags } from '../tags.ts';

/** Keys of GeoTIFF 1.1 (OGC 19-008r4, annex B) that are read here. */
export const geoKeys = {
  modelType: 1024,
  rasterType: 1025,
  citation: 1026,
  geographicType: 2048,
  geographicCitation: 2049,
  angularUnits: 2054,
  projectedType: 3072,
  projectedCitation: 3073,
  linearUnits: 3076,
  linearUnitSize: 3077,
} as const;

const keyLimit = 4096;
/** Maximum size of all texts together, bytes: projections in text form take a few thousand. */
const textLimit = 2 ** 16;
/** Maximum number of characters of one text. */
const longestText = 16_384;
const known: ReadonlySet<number> = new Set(Object.values(geoKeys));

/** Values of a page's keys; for lists, the first value. */
export type GeoKeys = ReadonlyMap<number, number | string>;

/**
 * Reads the keys. Keys that point outside their lists, and texts that are too long, are left out.
 *
 * @throws UserError 'invalid-file' if a list is outside the file, 'disk'
 */
export async function readGeoKeys(file: TiffFile, directory: Directory): Promise<GeoKeys> {
  const { fields } = directory;
  const entries = await file.numbers(fields.get(tags.geoKeyDirectory), 4 * (keyLimit + 1));
  const doubles = await file.numbers(fields.get(tags.geoDoubles), keyLimit);
  const texts = await file.text(directory, tags.geoTexts, textLimit);
  const keys = new Map<number, number | string>();
  const end = 4 * ((entries[3] ?? 0) + 1);
  for (let at = 4; at + 4 <= Math.min(end, entries.length); at += 4) {
    const [key = 0, place = 0, count = 0, value = 0] = entries.slice(at, at + 4);
    if (key === 0 || keys.has(key)) continue;
    const found = valueAt(key, place, count, value);
    if (found !== undefined) keys.set(key, found);
  }
  return keys;

  function valueAt(
    ...[key, place, count, value]: [key: number, place: number, count: number, value: number]
  ): number | string | undefined {
    if (place === 0) return value;
    if (place === tags.geoDoubles) return doubles[value];
    if (place !== tags.geoTexts || !known.has(key) || count > longestText) return undefined;
    // A bar replaces the zero at the end of each text.
    return withoutEnd(texts.slice(value, value + count), /[|\0\s]/);
  }
}

export function numberKey(keys: GeoKeys, key: number): number | undefined {
  const value = keys.get(key);
  return typeof value === 'number' ? value : undefined;
}

export function textKey(keys: GeoKeys, key: number): string {
  const value = keys.get(key);
  return typeof value === 'string' ? value : '';
}
