import proj4 from 'proj4';
import { z } from 'zod';
import type { Ellipsoid } from '../../core/mask/ellipsoid.ts';
import { definitionOf } from '../masks/polygons/crs.ts';

/** Properties of a coordinate system that areas depend on. */
export interface CrsKind {
  /** `cylindrical`: parallels and meridians are lines of the grid, as in Mercator's projections. */
  readonly kind: 'geographic' | 'cylindrical' | 'projected';
  readonly ellipsoid: Ellipsoid;
  /** Metres per unit of the coordinates; meaningless for degrees. */
  readonly metres: number;
}

/** Coordinate system as the library understands it. */
const described = z.object({
  projName: z.string(),
  a: z.number().positive(),
  es: z.number().min(0).lt(1),
  to_meter: z.number().positive().optional(),
});

/** @param crs `EPSG:n` or WKT. @returns null for an unknown system */
export function crsKind(crs: string): CrsKind | null {
  const projection = projectionOf(crs);
  if (projection === null) return null;
  const { projName, a, es, to_meter: metres = 1 } = projection;
  return { kind: kindOf(projName), ellipsoid: { axis: a, eccentricity2: es }, metres };
}

function projectionOf(crs: string): z.infer<typeof described> | null {
  try {
    return described.parse(proj4(definitionOf(crs)).oProj);
  } catch {
    return null;
  }
}

function kindOf(projection: string): CrsKind['kind'] {
  if (projection === 'longlat' || projection === 'identity') return 'geographic';
  const isCylindrical = /^(?:merc|popular visualisation|eqc|equirectangular|equidistant_cyl)/i;
  return isCylindrical.test(projection) ? 'cylindrical' : 'projected';
}
