import { geoKeys, numberKey, textKey, type GeoKeys } from './geo-keys.ts';

/**
 * WKT 1 (OGC 01-009) of coordinate systems that GeoTIFF keys describe by their parameters instead of
 * by a code: the usual projections, in degrees and a known linear unit.
 */

/** Keys of parameters; several if writers differ. */
const latitude = [3081, 3089, 3085];
const longitude = [3080, 3088, 3084, 3095];
const parallel1 = [3078];
const parallel2 = [3079];
const scale = [3092];
const easting = [3082, 3086, 3090];
const northing = [3083, 3087, 3091];

interface Parameter {
  readonly name: string;
  readonly keys: readonly number[];
  readonly otherwise: number;
}

interface Method {
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

function parameter(name: string, keys: readonly number[], otherwise = 0): Parameter {
  return { name, keys, otherwise };
}

const shifts = [parameter('false_easting', easting), parameter('false_northing', northing)];
const origin = parameter('latitude_of_origin', latitude);
const meridian = parameter('central_meridian', longitude);
const factor = parameter('scale_factor', scale, 1);
const parallels = [
  parameter('standard_parallel_1', parallel1),
  parameter('standard_parallel_2', parallel2),
];
const center = [
  parameter('latitude_of_center', latitude),
  parameter('longitude_of_center', longitude),
];

/** Methods by the code of key 3075 (GeoTIFF 1.1, annex C). */
const methods: ReadonlyMap<number, Method> = new Map([
  [1, method('Transverse_Mercator', origin, meridian, factor)],
  [7, method('Mercator_1SP', meridian, factor)],
  [8, method('Lambert_Conformal_Conic_2SP', origin, meridian, ...parallels)],
  [9, method('Lambert_Conformal_Conic_1SP', origin, meridian, factor)],
  [10, method('Lambert_Azimuthal_Equal_Area', ...center)],
  [11, method('Albers_Conic_Equal_Area', ...center, ...parallels)],
  [15, method('Polar_Stereographic', origin, meridian, factor)],
  [16, method('Oblique_Stereographic', origin, meridian, factor)],
  [17, method('Equirectangular', parameter('standard_parallel_1', parallel1), meridian)],
  [24, method('Sinusoidal', parameter('longitude_of_center', longitude))],
  [28, method('Cylindrical_Equal_Area', parameter('standard_parallel_1', parallel1), meridian)],
]);

function method(name: string, ...parameters: readonly Parameter[]): Method {
  return { name, parameters: [...parameters, ...shifts] };
}

const units: ReadonlyMap<number, readonly [name: string, metres: number]> = new Map([
  [9001, ['metre', 1]],
  [9002, ['foot', 0.3048]],
  [9003, ['US survey foot', 0.304800609601219]],
]);

/** Names of EPSG's codes for datums. */
const datums: ReadonlyMap<number, string> = new Map([
  [6326, 'WGS_1984'],
  [6269, 'North_American_Datum_1983'],
  [6267, 'North_American_Datum_1927'],
  [6258, 'European_Terrestrial_Reference_System_1989'],
]);

/** Name, datum, semi-major axis in m and inverse flattening of EPSG's codes for geographic systems. */
const geographic: ReadonlyMap<number, readonly [string, string, number, number]> = new Map([
  [4326, ['WGS 84', 'WGS_1984', 6378137, 298.257223563]],
  [4269, ['NAD83', 'North_American_Datum_1983', 6378137, 298.257222101]],
  [4258, ['ETRS89', 'European_Terrestrial_Reference_System_1989', 6378137, 298.257222101]],
]);

/** Null if the keys are insufficient or unsupported. */
export function wktOf(keys: GeoKeys): string | null {
  const model = numberKey(keys, geoKeys.modelType);
  const system = geographicWkt(keys);
  if (system === null || model === 2) return system;
  if (model !== 1) return null;
  const projection = projectionWkt(keys);
  const unit = unitWkt(keys);
  if (projection === null || unit === null) return null;
  const name = quoted(textKey(keys, geoKeys.citation) || textKey(keys, geoKeys.projectedCitation));
  return `PROJCS[${name},${system},${projection},${unit}]`;
}

function geographicWkt(keys: GeoKeys): string | null {
  const angle = numberKey(keys, geoKeys.angularUnits) ?? 9102;
  // Returns the prime meridian: Greenwich, or by its longitude.
  const meridianAt = numberKey(keys, 2061) ?? 0;
  if (angle !== 9102 || (numberKey(keys, 2051) ?? 8901) !== 8901) return null;
  const known = geographic.get(numberKey(keys, geoKeys.geographicType) ?? 0);
  const axis = numberKey(keys, 2057) ?? known?.[2];
  const flattening = flatteningOf(keys, axis) ?? known?.[3];
  if (axis === undefined || flattening === undefined || !(axis > 0)) return null;
  const parts = citationParts(textKey(keys, geoKeys.geographicCitation));
  const name = quoted(parts.get('GCS Name') ?? known?.[0]);
  const datum = quoted(datums.get(numberKey(keys, 2050) ?? 0) ?? parts.get('Datum') ?? known?.[1]);
  const ellipsoid = `SPHEROID[${quoted(parts.get('Ellipsoid'))},${axis},${flattening}]`;
  const prime = `PRIMEM[${quoted(parts.get('Primem') ?? 'Greenwich')},${meridianAt}]`;
  return `GEOGCS[${name},DATUM[${datum},${ellipsoid}],${prime},UNIT["degree",0.0174532925199433]]`;
}

/** Inverse flattening; 0 for a sphere. */
function flatteningOf(keys: GeoKeys, axis: number | undefined): number | undefined {
  const inverse = numberKey(keys, 2059);
  const minor = numberKey(keys, 2058);
  if (inverse !== undefined || minor === undefined || axis === undefined) return inverse;
  return axis === minor ? 0 : axis / (axis - minor);
}

function projectionWkt(keys: GeoKeys): string | null {
  const utm = utmZone(numberKey(keys, 3074));
  const code = utm === null ? numberKey(keys, 3075) : 1;
  const found = methods.get(code ?? 0);
  if (found === undefined) return null;
  const values = utm ?? keys;
  const parameters = found.parameters.map(({ name, keys: places, otherwise }) => {
    const value = places.map((key) => numberKey(values, key)).find((given) => given !== undefined);
    return `PARAMETER["${name}",${value ?? otherwise}]`;
  });
  return [`PROJECTION["${found.name}"]`, ...parameters].join(',');
}

/** Projections 16001–16060 are the zones of UTM in the north, 16101–16160 in the south. */
function utmZone(code: number | undefined): GeoKeys | null {
  const zone = (code ?? 0) % 100;
  const band = Math.floor((code ?? 0) / 100);
  if (zone < 1 || zone > 60 || (band !== 160 && band !== 161)) return null;
  return new Map([
    [3081, 0],
    [3080, 6 * zone - 183],
    [3092, 0.9996],
    [3082, 500_000],
    [3083, band === 161 ? 10_000_000 : 0],
  ]);
}

function unitWkt(keys: GeoKeys): string | null {
  const code = numberKey(keys, geoKeys.linearUnits) ?? 0;
  const size = numberKey(keys, geoKeys.linearUnitSize);
  const known = units.get(code);
  if (known !== undefined) return `UNIT["${known[0]}",${known[1]}]`;
  return code === 32767 && size !== undefined && size > 0 ? `UNIT["unknown",${size}]` : null;
}

/** `GCS Name = a|Datum = b` as GDAL writes it. */
function citationParts(citation: string): ReadonlyMap<string, string> {
  const parts = citation.split('|').map((part) => part.split(' = '));
  return new Map(parts.map(([name = '', value = '']) => [name.trim(), value.trim()]));
}

function quoted(name: string | undefined): string {
  return `"${(name ?? '').replaceAll('"', "'") || 'unknown'}"`;
}
