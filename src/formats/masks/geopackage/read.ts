import { stat } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { UserError } from '../../../core/errors.ts';
import { readBytes } from '../bounded-file.ts';
import type { MaskSource, SourceRequest } from '../mask-source.ts';
import {
  featureLimit,
  pointLimit,
  type Coordinates,
  type GeoShape,
  type PolygonFile,
  type PolygonSet,
} from '../polygons/polygon-file.ts';
import { openPolygons } from '../polygons/read.ts';
import { polygonsOf } from './geometry.ts';
import { geoPackageLabelsText, maskFileText, polygonLabelsText } from '../../../text/index.ts';

/** Bytes; all of the file is held in memory while it is read. */
const sizeLimit = 2 ** 29;
/** Layers, and columns of a layer, that are read. */
const layerLimit = 100;
const columnLimit = 100;
/** Values of the format's version that mean changes are kept in a file next to it. */
const journalModes = [18, 19] as const;

/**
 * Opens the polygons of a GeoPackage (OGC 12-128r18), of all its layers; see `openPolygons`.
 *
 * @throws UserError 'invalid-labels', 'unsupported', 'too-large', 'in-use'
 */
export function openGeoPackage(request: SourceRequest): Promise<MaskSource> {
  return openPolygons(request, { kind: 'gpkg', read: readGeoPackage });
}

async function readGeoPackage(path: string): Promise<PolygonFile> {
  const changes = await stat(`${path}-wal`).catch(() => undefined);
  if (changes !== undefined && changes.size > 0) {
    throw new UserError('in-use', geoPackageLabelsText.inUse(path));
  }
  const bytes = Buffer.from(await readBytes(path, sizeLimit, maskFileText.geoPackageOfLabels));
  // A copy in memory has no files next to it.
  for (const at of journalModes) if (bytes[at] === 2) bytes[at] = 1;
  let database: Database.Database | undefined;
  try {
    database = new Database(bytes, { readonly: true });
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    return new GeoPackage(database, path).read();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const isKnown = error instanceof Database.SqliteError || error instanceof RangeError;
    if (!isKnown) throw error;
    throw wrong(path, geoPackageLabelsText.damaged, error.message);
  } finally {
    database?.close();
  }
}

/** A layer as the table of contents names it. */
interface Layer {
  readonly table: string;
  readonly column: string;
  readonly coordinates: Coordinates;
}

/**
 * Contents of a file from an unknown source: only its own tables are read, so none of its views and expressions is
 * computed.
 */
class GeoPackage {
  readonly #database: Database.Database;
  readonly #path: string;
  #features = 0;
  #points = 0;
  #withoutArea = 0;

  constructor(database: Database.Database, path: string) {
    this.#database = database;
    this.#path = path;
  }

  read(): PolygonFile {
    const sets = this.#layers().map((layer): PolygonSet => {
      const { coordinates } = layer;
      return { coordinates, shapes: [...this.#shapes(layer)] };
    });
    return { path: this.#path, sets, withoutArea: this.#withoutArea };
  }

  #layers(): Layer[] {
    const needed = ['gpkg_geometry_columns', 'gpkg_spatial_ref_sys'];
    if (needed.some((table) => this.#columnsOf(table) === null)) {
      throw wrong(this.#path, geoPackageLabelsText.noLayers);
    }
    const rows = this.#database
      .prepare<[], Record<string, unknown>>(
        `SELECT table_name, column_name, organization, organization_coordsys_id AS code, definition
         FROM gpkg_geometry_columns AS layer LEFT JOIN gpkg_spatial_ref_sys AS crs ON crs.srs_id = layer.srs_id
         LIMIT ${layerLimit}`,
      )
      .all();
    return rows.map(({ table_name: table, column_name: column, ...crs }) => ({
      table: String(table),
      column: String(column),
      coordinates: coordinatesOf(crs),
    }));
  }

  *#shapes({ table, column }: Layer): Generator<GeoShape> {
    const columns = this.#columnsOf(table);
    if (columns?.includes(column) !== true) {
      throw wrong(this.#path, geoPackageLabelsText.layerMissing(table.slice(0, 80)));
    }
    const otherColumns = columns.filter((name) => name !== column).slice(0, columnLimit);
    const names = [column, ...otherColumns].map(sqlName).join(', ');
    const rows = this.#database.prepare(`SELECT ${names} FROM ${sqlName(table)}`).raw(true);
    for (const row of rows.iterate() as Iterable<readonly unknown[]>) {
      this.#features++;
      if (this.#features > featureLimit) {
        throw tooLarge(polygonLabelsText.moreFeatures(this.#path, featureLimit));
      }
      const [geometry, ...values] = row;
      const polygons =
        geometry instanceof Uint8Array
          ? polygonsOf(geometry, (points) => {
              this.#points += points;
              if (this.#points <= pointLimit) return;
              throw tooLarge(polygonLabelsText.morePoints(this.#path, pointLimit));
            })
          : [];
      if (polygons.length === 0) this.#withoutArea++;
      else {
        const properties = otherColumns.map((name, index) => [name, values[index]] as const);
        yield { polygons, properties: Object.fromEntries(properties) };
      }
    }
  }

  /** Returns the stored columns of a table; null if no table has the name. */
  #columnsOf(table: string): string[] | null {
    const found = this.#database
      .prepare<[string], { sql: string | null }>(
        `SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?`,
      )
      .get(table);
    if (found === undefined || !/^\s*CREATE\s+TABLE\b/i.test(found.sql ?? '')) return null;
    return this.#database
      .prepare<[string], { name: string; hidden: number }>(
        'SELECT name, hidden FROM pragma_table_xinfo(?)',
      )
      .all(table)
      .filter(({ hidden }) => hidden === 0)
      .map(({ name }) => name);
  }
}

function tooLarge(message: string): UserError {
  return new UserError('too-large', message);
}

/** Returns a code of EPSG, else a definition; else the coordinates are those of the image that the file describes. */
function coordinatesOf({ organization, code, definition }: Record<string, unknown>): Coordinates {
  const isEpsg = typeof organization === 'string' && organization.toUpperCase() === 'EPSG';
  if (isEpsg && typeof code === 'number' && code > 0) return { crs: `EPSG:${code}` };
  if (typeof definition === 'string' && /^[A-Z]\w+\[/.test(definition)) return { crs: definition };
  return { crs: null, of: 'image' };
}

function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function wrong(path: string, why: string, details?: string): UserError {
  return new UserError('invalid-labels', geoPackageLabelsText.notValid(path, why), details);
}
