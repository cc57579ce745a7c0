import { definitionOf } from '../masks/polygons/crs.ts';
import { geoKeys, type GeoKeys } from '../raster/tiff/place/geo-keys.ts';
import { wktOf } from '../raster/tiff/place/wkt.ts';

/**
 * Returns WKT of the most common EPSG systems: on WGS 84, NAD83 and ETRS89 in degrees, zones of UTM, transverse
 * Mercator, Lambert's and Albers' projections.
 *
 * @returns null for the others
 */
export function epsgWkt(code: number): string | null {
  const words = new Map(
    definitionOf(`EPSG:${code}`)
      .split(/\s+/)
      .map((word): [string, string] => {
        const [name = '', value = ''] = word.replace(/^\+/, '').split('=');
        return [name, value];
      }),
  );
  const geographic = geographicOf(code, words);
  if (geographic === null || spherical.has(code)) return null;
  const name: [number, string] = [geoKeys.citation, `EPSG:${code}`];
  const base: [number, number | string][] = [[geoKeys.geographicType, geographic], name];
  if (words.get('proj') === 'longlat') return wktOf(new Map([...base, [geoKeys.modelType, 2]]));
  const unit = units.get(words.get('units') ?? '');
  const projection = projectionKeys(words, unit?.metres ?? 1);
  if (unit === undefined || projection === null) return null;
  const keys: GeoKeys = new Map([
    ...base,
    ...projection,
    [geoKeys.modelType, 1],
    [geoKeys.linearUnits, unit.code],
  ]);
  return wktOf(keys);
}

/** EASE grids on WGS 84, which are computed on a sphere; no other word in the WKT states this. */
const spherical: ReadonlySet<number> = new Set([3973, 3974]);

type Words = ReadonlyMap<string, string>;

/** Codes of geographic systems. */
function geographicOf(code: number, words: Words): number | null {
  const datum = words.get('datum');
  if (datum === 'WGS84') return 4326;
  if (datum === 'NAD83') return 4269;
  // ETRS89: itself, its zones of UTM, its grids for Europe.
  const isEtrs =
    code === 4258 || code === 3034 || code === 3035 || (code >= 25828 && code <= 25838);
  return isEtrs ? 4258 : null;
}

const units: ReadonlyMap<string, { readonly code: number; readonly metres: number }> = new Map([
  ['m', { code: 9001, metres: 1 }],
  ['ft', { code: 9002, metres: 0.3048 }],
  ['us-ft', { code: 9003, metres: 1200 / 3937 }],
]);

/** Codes of methods that are described in the same way (see `wktOf`), by the library's name. */
const methods: ReadonlyMap<string, number> = new Map([
  ['tmerc', 1],
  ['lcc', 8],
  ['laea', 10],
  ['aea', 11],
]);

/** Keys of GeoTIFF for the library's parameters: degrees, and metres of shifts. */
const parameters: readonly (readonly [key: number, name: string])[] = [
  [3078, 'lat_1'],
  [3079, 'lat_2'],
  [3081, 'lat_0'],
  [3080, 'lon_0'],
  [3092, 'k'],
];

function projectionKeys(words: Words, metres: number): [number, number][] | null {
  const projection = words.get('proj') ?? '';
  if (projection === 'utm') {
    return [[3074, (words.has('south') ? 16_100 : 16_000) + Number(words.get('zone'))]];
  }
  const method = methods.get(projection);
  const isOdd =
    (projection === 'lcc' && !words.has('lat_2')) || words.has('pm') || words.has('axis');
  if (method === undefined || isOdd) return null;
  const shifts = [
    [3082, Number(words.get('x_0') ?? 0) / metres],
    [3083, Number(words.get('y_0') ?? 0) / metres],
  ] as const;
  const given = parameters.flatMap(([key, name]): [number, number][] => {
    const value = words.get(name);
    return value === undefined ? [] : [[key, Number(value)]];
  });
  return [
    [3075, method],
    ...given,
    ...shifts.map(([key, value]): [number, number] => [key, value]),
  ];
}
