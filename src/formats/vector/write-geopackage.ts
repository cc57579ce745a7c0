import { open } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { UserError } from '../../core/errors.ts';
import { vectorText } from '../../text/index.ts';
import type { MaskRaster } from '../masks/mask-raster.ts';
import type { GeoReference } from '../raster/image-file.ts';
import { makeFileAtomically, type WriteOptions } from '../files/write-file.ts';
import { gpkgCrs, isDefined, requiredCrs, type GpkgCrs } from './gpkg-crs.ts';
import { gpkgPolygon } from './gpkg-geometry.ts';
import {
  geopackageId,
  indexOf,
  indexTriggers,
  layerTable,
  sqlName,
  tables,
  userVersion,
} from './gpkg-tables.ts';
import { MaskPolygons, type RegionFacts, type VectorOptions } from './mask-polygons.ts';
import { pixelAreaOf } from './pixel-area.ts';
import type { MaskPlace } from './place.ts';
import { worldRings, type Bounds } from './world-rings.ts';

export interface GeoPackageOptions extends VectorOptions {
  /** Name of the layer, `regions` by default. Names reserved by SQL or GeoPackage are changed. */
  readonly layer?: string | undefined;
}

/**
 * Writes the regions of a mask as a GeoPackage (OGC 12-128r18, version 1.3) with one layer of polygons and its
 * spatial index, as a whole or not at all (see `writeFileAtomically`). Coordinates are those of the image's own
 * system. Where the image has no place on Earth they are pixels, rows going down from 0 to negative y, as GIS
 * programs lay out such an image.
 *
 * @throws UserError 'disk'; the reason of the signal's abort
 */
export async function writeGeoPackage(
  path: string,
  mask: MaskRaster,
  place: MaskPlace,
  { durable, ...options }: GeoPackageOptions & WriteOptions = {},
): Promise<void> {
  await makeFileAtomically(path, (temporary) => makeGeoPackage(temporary, mask, place, options), {
    durable: durable ?? true,
  });
}

/** Writes like `writeGeoPackage`, under a new name and without forcing the data to the disk. */
export async function makeGeoPackage(
  path: string,
  mask: MaskRaster,
  place: MaskPlace,
  options: GeoPackageOptions = {},
): Promise<void> {
  // Created first: the system's error is better than the database's.
  await (await open(path, 'wx')).close();
  try {
    await fill(path, mask, place, options);
  } catch (error) {
    throw databaseFailure(error);
  }
}

/** Transform of pixel coordinates, whose rows go down. */
const upsideDown: GeoReference['transform'] = [1, 0, 0, 0, -1, 0];

async function fill(
  path: string,
  mask: MaskRaster,
  place: MaskPlace,
  options: GeoPackageOptions,
): Promise<void> {
  const transform = place.geo?.transform ?? upsideDown;
  const crs = gpkgCrs(place.geo?.crs ?? null);
  const area = areaColumn(place);
  const file = new LayerFile(path, layerName(options.layer), crs, area);
  try {
    const polygons = new MaskPolygons(mask, place, options);
    noteUndefined(place, crs, polygons.notes);
    for await (const { polygon, facts } of polygons) {
      file.add(gpkgPolygon(worldRings(polygon.rings, transform), crs.srs_id), facts);
    }
    file.finish();
  } finally {
    file.close();
  }
}

function areaColumn(place: MaskPlace): 'area_m2' | 'area_mm2' | null {
  const unit = pixelAreaOf(place)?.unit;
  if (unit === undefined) return null;
  return unit === 'm²' ? 'area_m2' : 'area_mm2';
}

function noteUndefined({ geo }: MaskPlace, crs: GpkgCrs, notes: Set<string>): void {
  if (geo === null) {
    notes.add(vectorText.pixelCoordinatesNegative);
  } else if (!isDefined(crs)) {
    notes.add(vectorText.unknownSystem(geo.crs?.slice(0, 80) ?? null));
  }
}

/** Letters, digits and a few signs, and not a reserved name. */
function layerName(asked = 'regions'): string {
  const name = asked.normalize('NFC').replace(/[^\p{L}\p{N}_. -]/gu, '_');
  return /^(?:gpkg_|sqlite_|rtree_|$)/i.test(name) ? `layer_${name}` : name;
}

/** A GeoPackage that is being filled. No other process knows its name, so it needs no journal. */
class LayerFile {
  readonly #database: Database.Database;
  readonly #layer: string;
  readonly #crs: GpkgCrs;
  readonly #area: 'area_m2' | 'area_mm2' | null;
  readonly #insert: Database.Statement;
  readonly #index: Database.Statement;
  #count = 0;
  #left = Infinity;
  #bottom = Infinity;
  #right = -Infinity;
  #top = -Infinity;

  constructor(path: string, layer: string, crs: GpkgCrs, area: 'area_m2' | 'area_mm2' | null) {
    this.#layer = layer;
    this.#crs = crs;
    this.#area = area;
    const database = new Database(path, { fileMustExist: true });
    this.#database = database;
    database.pragma('journal_mode = OFF');
    database.pragma('synchronous = OFF');
    database.pragma(`application_id = ${geopackageId}`);
    database.pragma(`user_version = ${userVersion}`);
    database.exec(`BEGIN;${tables}${layerTable(layer, area)}`);
    const columns = ['fid', 'geom', 'class', 'value', 'pixels', ...(area === null ? [] : [area])];
    this.#insert = database.prepare(
      `INSERT INTO ${sqlName(layer)} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`,
    );
    this.#index = database.prepare(`INSERT INTO ${sqlName(indexOf(layer))} VALUES (?, ?, ?, ?, ?)`);
  }

  add({ bytes, bounds }: { bytes: Buffer; bounds: Bounds }, facts: RegionFacts): void {
    const fid = ++this.#count;
    const { left, right, bottom, top } = bounds;
    const measured = this.#area === null ? [] : [facts[this.#area]];
    this.#insert.run(fid, bytes, facts.class, facts.value, facts.pixels, ...measured);
    this.#index.run(fid, left, right, bottom, top);
    this.#left = Math.min(this.#left, left);
    this.#right = Math.max(this.#right, right);
    this.#bottom = Math.min(this.#bottom, bottom);
    this.#top = Math.max(this.#top, top);
  }

  /** Writes the description of the file. */
  finish(): void {
    const [layer, crs, database] = [this.#layer, this.#crs, this.#database];
    const addCrs = database.prepare(
      'INSERT INTO gpkg_spatial_ref_sys (srs_name, srs_id, organization, organization_coordsys_id, definition) VALUES (:srs_name, :srs_id, :organization, :organization_coordsys_id, :definition)',
    );
    for (const row of new Set([...requiredCrs, crs])) addCrs.run(row);
    const box =
      this.#count === 0
        ? [null, null, null, null]
        : [this.#left, this.#bottom, this.#right, this.#top];
    database
      .prepare(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, min_x, min_y, max_x, max_y, srs_id) VALUES (?, 'features', ?, ?, ?, ?, ?, ?)",
      )
      .run(layer, layer, ...box, crs.srs_id);
    database
      .prepare("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'POLYGON', ?, 0, 0)")
      .run(layer, crs.srs_id);
    database
      .prepare(
        "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', 'http://www.geopackage.org/spec120/#extension_rtree', 'write-only')",
      )
      .run(layer);
    database.exec(`${indexTriggers(layer)}\nCOMMIT;`);
  }

  close(): void {
    this.#database.close();
  }
}

/** Converts a failure to that of the file system, so that it has the same message, or states what the user can do. */
function databaseFailure(error: unknown): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const { code, message } = error;
  if (code === 'SQLITE_TOOBIG') {
    return new UserError('too-large', vectorText.tooManyCorners, message);
  }
  const system = code === 'SQLITE_FULL' ? 'ENOSPC' : code.startsWith('SQLITE_IOERR') ? 'EIO' : null;
  if (system === null) return error;
  return Object.assign(new Error(message), { code: system, syscall: 'write' });
}
