/** The tables of a GeoPackage 1.3 (OGC 12-128r18, annex C) with one layer of polygons. */

/** `GPKG`, and the version 1.3.0 (requirement 2). */
export const geopackageId = 0x47504b47;
export const userVersion = 10300;

export const tables = `
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL,
  srs_id INTEGER PRIMARY KEY,
  organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL,
  definition TEXT NOT NULL,
  description TEXT
);
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY,
  data_type TEXT NOT NULL,
  identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ', 'now')),
  min_x DOUBLE,
  min_y DOUBLE,
  max_x DOUBLE,
  max_y DOUBLE,
  srs_id INTEGER REFERENCES gpkg_spatial_ref_sys (srs_id)
);
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL UNIQUE REFERENCES gpkg_contents (table_name),
  column_name TEXT NOT NULL,
  geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL REFERENCES gpkg_spatial_ref_sys (srs_id),
  z TINYINT NOT NULL,
  m TINYINT NOT NULL,
  PRIMARY KEY (table_name, column_name)
);
CREATE TABLE gpkg_extensions (
  table_name TEXT,
  column_name TEXT,
  extension_name TEXT NOT NULL,
  definition TEXT NOT NULL,
  scope TEXT NOT NULL,
  UNIQUE (table_name, column_name, extension_name)
);
`;

/** Quotes a name for SQL. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** @param area column for the area of a region, or null */
export function layerTable(layer: string, area: string | null): string {
  const more = area === null ? '' : `,\n  ${sqlName(area)} REAL`;
  return `
CREATE TABLE ${sqlName(layer)} (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  geom POLYGON,
  class TEXT,
  value INTEGER,
  pixels INTEGER${more}
);
CREATE VIRTUAL TABLE ${sqlName(indexOf(layer))} USING rtree (id, minx, maxx, miny, maxy);
`;
}

/** Returns the table of a layer's spatial index (annex F.3). */
export function indexOf(layer: string): string {
  return `rtree_${layer}_geom`;
}

/**
 * Returns triggers that keep the spatial index correct when other programs change the layer. These programs bring the
 * functions on geometries, which are missing while the file is written, so the triggers come last.
 */
export function indexTriggers(layer: string): string {
  const index = sqlName(indexOf(layer));
  const isFull = 'NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom)';
  const isVoid = '(NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))';
  const sides = ['MinX', 'MaxX', 'MinY', 'MaxY'].map((side) => `ST_${side}(NEW.geom)`).join(', ');
  const put = `INSERT OR REPLACE INTO ${index} VALUES (NEW.fid, ${sides});`;
  const drop = `DELETE FROM ${index} WHERE id = OLD.fid;`;
  const triggers: readonly [name: string, on: string, when: string, then: string][] = [
    ['insert', 'INSERT', isFull, put],
    ['update1', 'UPDATE OF geom', `OLD.fid = NEW.fid AND ${isFull}`, put],
    ['update2', 'UPDATE OF geom', `OLD.fid = NEW.fid AND ${isVoid}`, drop],
    ['update3', 'UPDATE', `OLD.fid != NEW.fid AND ${isFull}`, `${drop} ${put}`],
    [
      'update4',
      'UPDATE',
      `OLD.fid != NEW.fid AND ${isVoid}`,
      `DELETE FROM ${index} WHERE id IN (OLD.fid, NEW.fid);`,
    ],
    ['delete', 'DELETE', 'OLD.geom NOTNULL', drop],
  ];
  return triggers
    .map(
      ([name, on, when, then]) =>
        `CREATE TRIGGER ${sqlName(`${indexOf(layer)}_${name}`)} AFTER ${on} ON ${sqlName(layer)} WHEN ${when} BEGIN ${then} END;`,
    )
    .join('\n');
}
