import { UserError } from '../../core/errors.ts';
import { vectorText } from '../../text/index.ts';
import type { Size } from '../../core/mask/tiles.ts';
import { longitudeLatitude, projectionBetween, type Projection } from '../masks/polygons/crs.ts';
import { nameOfCrs, toWorld } from '../masks/geotiff/place.ts';
import type { MaskRaster } from '../masks/mask-raster.ts';
import type { GeoReference } from '../raster/image-file.ts';
import { MaskPolygons, type RegionFacts, type VectorOptions } from './mask-polygons.ts';
import type { MaskPlace } from './place.ts';
import { boundsOf, worldRings, type WorldRing } from './world-rings.ts';

/** Conversion from pixel corners to the coordinates of a file. */
interface Target {
  readonly transform: GeoReference['transform'];
  readonly project?: Projection;
  /** Decimals of coordinates. */
  readonly decimals: number;
  /** Member of the collection that states the meaning of coordinates; none for longitude and latitude. */
  readonly says: string | null;
}

/** Number of characters that are written together. */
const chunkLength = 2 ** 16;
/** Number of values of a ring that are converted to text together; even. */
const partLength = 2048;

/**
 * Yields the regions of a mask as GeoJSON (RFC 7946): a feature for each, with its class, value, pixels and, if
 * known, its area. Coordinates are longitude and latitude on WGS 84. Only corners are converted: edges are straight
 * in the image's coordinates, so that polygons placed on the image cover the same pixels again. Polygons across the
 * 180th meridian are not split. If the image has no geographic position, coordinates are px from its upper left
 * corner, with rows going down, which the member `pixelCoordinates` states.
 *
 * @throws UserError 'unsupported' for an unknown coordinate system
 */
export async function* geojsonOfMask(
  mask: MaskRaster,
  place: MaskPlace,
  options: VectorOptions = {},
): AsyncGenerator<Uint8Array> {
  const { transform, project, decimals, says } = targetOf(mask, place.geo);
  const polygons = new MaskPolygons(mask, place, options);
  if (says !== null) {
    polygons.notes.add(vectorText.pixelCoordinatesDown);
  }
  let text = `{"type":"FeatureCollection",${says === null ? '' : `${says},`}"features":[`;
  let separator = '\n';
  for await (const { polygon, facts } of polygons) {
    const rings = worldRings(polygon.rings, transform, project);
    if (!rings.every((ring) => ring.every(Number.isFinite))) {
      polygons.leave();
      polygons.notes.add(vectorText.withoutLongitude);
      continue;
    }
    if (says === null) noteMeridian(rings, polygons.notes);
    text += separator;
    separator = ',\n';
    for (const part of featureTexts(rings, facts, decimals)) {
      text += part;
      if (text.length < chunkLength) continue;
      yield Buffer.from(text, 'utf8');
      text = '';
    }
  }
  yield Buffer.from(`${text}\n]}\n`, 'utf8');
}

/** @throws UserError 'unsupported' */
function targetOf(size: Size, geo: GeoReference | null): Target {
  if (geo?.crs == null) {
    const about = {
      origin: 'upper left corner of the image',
      y: 'down',
      width: size.width,
      height: size.height,
    };
    const says = `"pixelCoordinates":${JSON.stringify(about)}`;
    return { transform: [1, 0, 0, 0, 1, 0], decimals: 0, says };
  }
  const { transform, crs } = geo;
  const project = projectionTo(crs);
  return { transform, project, decimals: decimalsOf(size, transform, project), says: null };
}

/** @throws UserError 'unsupported' for a system that cannot be converted to longitude and latitude */
export function projectionTo(crs: string): Projection {
  try {
    return projectionBetween(crs, longitudeLatitude, 'the mask');
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError('unsupported', vectorText.unknownConversion(nameOfCrs(crs)), error.details);
  }
}

/**
 * Returns the decimals with which rounding moves a corner by less than a hundredth of a pixel; at least the usual
 * seven (1 cm).
 */
function decimalsOf(
  { width, height }: Size,
  transform: GeoReference['transform'],
  project: Projection,
): number {
  const at = (column: number, row: number): readonly [number, number] =>
    project(...toWorld(transform, column, row));
  const middle = at(width / 2, height / 2);
  const steps = [at(width / 2 + 1, height / 2), at(width / 2, height / 2 + 1)].map(([x, y]) =>
    Math.hypot(x - middle[0], y - middle[1]),
  );
  const needed = Math.ceil(-Math.log10(Math.min(...steps))) + 2;
  return Number.isFinite(needed) ? Math.min(15, Math.max(7, needed)) : 9;
}

function noteMeridian(rings: readonly WorldRing[], notes: Set<string>): void {
  const { left, right } = boundsOf(rings);
  if (left >= -180 && right <= 180 && right - left <= 180) return;
  notes.add(vectorText.acrossMeridian);
}

/** Parts of a text, because a region may have more corners than fit into one string. */
function* featureTexts(
  rings: readonly WorldRing[],
  facts: RegionFacts,
  decimals: number,
): Generator<string> {
  const properties = JSON.stringify(knownOf(facts));
  yield `{"type":"Feature","properties":${properties},"geometry":{"type":"Polygon","coordinates":[`;
  for (const [index, ring] of rings.entries()) {
    yield index === 0 ? '[' : ',[';
    for (let at = 0; at < ring.length; at += partLength) {
      yield `${at === 0 ? '' : ','}${pointsText(ring.subarray(at, at + partLength), decimals)}`;
    }
    yield ']';
  }
  yield ']}}';
}

/** Removes areas that are unknown. */
function knownOf(facts: RegionFacts): Partial<RegionFacts> {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== null));
}

function pointsText(ring: WorldRing, decimals: number): string {
  const points: string[] = [];
  for (let at = 0; at < ring.length; at += 2) {
    const [x = 0, y = 0] = [ring[at], ring[at + 1]];
    points.push(`[${Number(x.toFixed(decimals))},${Number(y.toFixed(decimals))}]`);
  }
  return points.join(',');
}
