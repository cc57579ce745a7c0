import { epsgWkt } from './epsg-wkt.ts';
import { nameOfCrs } from '../masks/geotiff/place.ts';

/** A row of `gpkg_spatial_ref_sys`. */
export interface GpkgCrs {
  readonly srs_name: string;
  readonly srs_id: number;
  readonly organization: string;
  readonly organization_coordsys_id: number;
  /** WKT; `undefined` if there is none, and readers use the code. */
  readonly definition: string;
}

/** First number for systems without a code, one that EPSG does not use. */
const ownId = 100_001;
/** Coordinates of unknown location. */
const undefinedCartesian = undefinedCrs('Undefined Cartesian', -1);

/** Coordinate systems that every GeoPackage has (OGC 12-128r18, requirement 11). */
export const requiredCrs: readonly GpkgCrs[] = [
  undefinedCartesian,
  undefinedCrs('Undefined geographic', 0),
  {
    srs_name: 'WGS 84',
    srs_id: 4326,
    organization: 'EPSG',
    organization_coordsys_id: 4326,
    definition:
      'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433],AUTHORITY["EPSG","4326"]]',
  },
];

function undefinedCrs(name: string, id: number): GpkgCrs {
  return {
    srs_name: name,
    srs_id: id,
    organization: 'NONE',
    organization_coordsys_id: id,
    definition: 'undefined',
  };
}

/**
 * Returns the row for a system.
 *
 * @param crs `EPSG:n`, WKT or another text, as in a header; null: none
 * @returns the undefined one for a text that is neither a code nor WKT
 */
export function gpkgCrs(crs: string | null): GpkgCrs {
  const code = Number(/^EPSG:(\d+)$/.exec(crs ?? '')?.[1]);
  const known = requiredCrs.find(({ srs_id }) => srs_id === code);
  if (known !== undefined) return known;
  if (code > 0) {
    const definition = epsgWkt(code) ?? 'undefined';
    return { ...undefinedCrs(`EPSG:${code}`, code), organization: 'EPSG', definition };
  }
  if (crs !== null && /^[A-Z]\w+\[/.test(crs)) {
    return { ...undefinedCrs(nameOfCrs(crs), ownId), definition: crs };
  }
  return undefinedCartesian;
}

/** Returns true if the coordinate system says where coordinates are on Earth. */
export function isDefined(crs: GpkgCrs): boolean {
  return crs !== undefinedCartesian;
}
