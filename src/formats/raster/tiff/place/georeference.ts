import { namelessSystems, tiffNotes } from '../../../../text/index.ts';
import type { GeoReference, PixelSpacing } from '../../image-file.ts';
import type { Directory, TiffFile } from '../directory.ts';
import { geoKeys, numberKey, readGeoKeys, textKey, type GeoKeys } from './geo-keys.ts';
import { tags } from '../tags.ts';
import { wktOf } from './wkt.ts';

/** Georeference of a page, with notes for the user. */
export interface Georeference {
  readonly geo: GeoReference | null;
  readonly spacing: PixelSpacing | null;
  readonly notes: readonly string[];
}

type Affine = GeoReference['transform'];

const modelProjected = 1;
const modelGeographic = 2;
const userDefined = 32767;

/**
 * Reads the georeference as GDAL does: scale and tie point first, else the matrix; a PixelIsPoint raster is shifted by
 * half a pixel, so that the affine transform always refers to pixel corners.
 *
 * @throws UserError 'invalid-file', 'disk'
 */
export async function readGeoreference(
  file: TiffFile,
  directory: Directory,
): Promise<Georeference> {
  const keys = await readGeoKeys(file, directory);
  const crs = crsOf(keys);
  const notes: string[] = [];
  const affine = await readAffine(file, directory, notes);
  if (affine === null) {
    if (crs !== null && notes.length === 0) {
      notes.push(tiffNotes.noPosition);
    }
    return { geo: null, spacing: null, notes };
  }
  const isPoint = numberKey(keys, geoKeys.rasterType) === 2;
  const transform = isPoint ? movedByHalf(affine) : affine;
  const spacing = spacingOf(transform, keys);
  if (crs === 'EPSG:3857') {
    notes.push(tiffNotes.webMercator);
  }
  if (spacing === null && crs !== null) {
    notes.push(tiffNotes.unknownUnit);
  }
  return { geo: { transform, crs }, spacing, notes };
}

async function readAffine(
  file: TiffFile,
  { fields }: Directory,
  notes: string[],
): Promise<Affine | null> {
  const [scaleX = 0, scaleY = 0] = await file.numbers(fields.get(tags.modelPixelScale), 3);
  const tie = await file.numbers(fields.get(tags.modelTiepoint), 12);
  if (scaleX !== 0 && scaleY !== 0 && tie.length >= 6) {
    const [column = 0, row = 0, , x = 0, y = 0] = tie;
    // As in GDAL, in spite of the standard: rows run south whatever the sign.
    const down = -Math.abs(scaleY);
    return finite([scaleX, 0, x - column * scaleX, 0, down, y - row * down]);
  }
  const matrix = await file.numbers(fields.get(tags.modelTransformation), 16);
  if (matrix.length === 16) {
    const [a = 0, b = 0, , c = 0, d = 0, e = 0, , f = 0] = matrix;
    return finite([a, b, c, d, e, f]);
  }
  if (tie.length >= 12) {
    notes.push(tiffNotes.controlPoints);
  }
  return null;
}

function finite(affine: Affine): Affine | null {
  const [a, b, , d, e] = affine;
  return affine.every(Number.isFinite) && a * e - b * d !== 0 ? affine : null;
}

function movedByHalf([a, b, c, d, e, f]: Affine): Affine {
  return [a, b, c - (a + b) / 2, d, e, f - (d + e) / 2];
}

/** Returns `EPSG:n` if the keys have a code; else WKT, from a citation or the parameters; else a citation. */
function crsOf(keys: GeoKeys): string | null {
  const model = numberKey(keys, geoKeys.modelType);
  const projected = codeOf(keys, geoKeys.projectedType);
  const geographic = codeOf(keys, geoKeys.geographicType);
  const hasProjection = keys.has(geoKeys.projectedType) || model === modelProjected;
  if (projected !== null && model !== modelGeographic) return projected;
  if (geographic !== null && !hasProjection && model !== userDefined) return geographic;
  const citations = [geoKeys.projectedCitation, geoKeys.citation, geoKeys.geographicCitation].map(
    (key) => textKey(keys, key),
  );
  const wkt = citations.map(wktIn).find((text) => text !== undefined);
  if (wkt !== undefined) return wkt;
  const described = wktOf(keys);
  if (described !== null) return described;
  return (
    citations.find((text) => text !== '' && !/^(unknown|unnamed)$/i.test(text)) ?? unnamed(keys)
  );
}

/** Codes from 1024 to 32766 are EPSG's. */
function codeOf(keys: GeoKeys, key: number): string | null {
  const code = numberKey(keys, key);
  return code !== undefined && code >= 1024 && code < userDefined ? `EPSG:${code}` : null;
}

function wktIn(citation: string): string | undefined {
  return (
    /ESRI PE String = (.+)/s.exec(citation)?.[1] ?? /^(?:PROJCS|GEOGCS)\[.+/s.exec(citation)?.[0]
  );
}

/** Describes a system that has parameters but neither code nor name. */
function unnamed(keys: GeoKeys): string | null {
  const model = numberKey(keys, geoKeys.modelType);
  if (model === modelProjected) return namelessSystems.projected;
  if (model === modelGeographic) return namelessSystems.geographic;
  return null;
}

/** Metres for EPSG's codes of linear units. */
const linearUnits: ReadonlyMap<number, number> = new Map([
  [9001, 1],
  [9002, 0.3048],
  [9003, 1200 / 3937],
  [9036, 1000],
]);

const degreesPerRadian = 180 / Math.PI;
/** Degrees for EPSG's codes of angular units. */
const angularUnits: ReadonlyMap<number, number> = new Map([
  [9101, degreesPerRadian],
  [9102, 1],
  [9105, 0.9],
  [9122, 1],
]);

function spacingOf(transform: Affine, keys: GeoKeys): PixelSpacing | null {
  const [a, b, , d, e] = transform;
  const x = Math.hypot(a, d);
  const y = Math.hypot(b, e);
  const model = numberKey(keys, geoKeys.modelType);
  if (model === modelGeographic) {
    const degrees = angularUnits.get(numberKey(keys, geoKeys.angularUnits) ?? 9102);
    return degrees === undefined ? null : { x: x * degrees, y: y * degrees, unit: 'degree' };
  }
  const metres = metresOf(keys);
  return metres === null ? null : { x: x * metres, y: y * metres, unit: 'm' };
}

function metresOf(keys: GeoKeys): number | null {
  const unit = numberKey(keys, geoKeys.linearUnits);
  if (unit === undefined) return isMetric(numberKey(keys, geoKeys.projectedType)) ? 1 : null;
  if (unit !== userDefined) return linearUnits.get(unit) ?? null;
  const size = numberKey(keys, geoKeys.linearUnitSize) ?? 0;
  return size > 0 ? size : null;
}

/** Common codes in metres, for writers that leave the unit to the code: UTM and a few more. */
function isMetric(code: number | undefined): boolean {
  if (code === undefined) return false;
  const isUtm =
    (code > 32600 && code <= 32660) ||
    (code > 32700 && code <= 32760) ||
    (code >= 25828 && code <= 25838) ||
    (code >= 26901 && code <= 26923);
  return isUtm || code === 3857 || code === 3035 || code === 3395;
}
