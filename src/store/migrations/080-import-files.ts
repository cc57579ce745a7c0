import { sep } from 'node:path';
import type { Migration } from './migration.ts';

/**
 * Outcome of each imported file, by which an unchanged file is recognised without reading it, and watched folders,
 * whose new files are imported automatically.
 */
export const importFiles: Migration = {
  version: 80,
  name: 'import-files',
  up: (connection) => {
    connection.execute(`
CREATE TABLE import_files (
  project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
  -- Absolute.
  path TEXT NOT NULL,
  -- To search in: see queries/names.ts. Null where it is the path itself.
  folded_path TEXT,
  -- The one that looked at it last; null once its report is no longer kept.
  import INTEGER REFERENCES imports ON DELETE SET NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('added', 'known', 'moved', 'skipped', 'other')),
  reason TEXT,
  -- As images have it; null where the file could not be looked at.
  bytes INTEGER CHECK (bytes >= 0),
  modified REAL,
  -- Which file of the disk it is, as two may be exchanged; null where that is not known.
  inode REAL,
  sha256 BLOB CHECK (length(sha256) = 32),
  -- That the file holds: its slices or pages.
  images INTEGER NOT NULL CHECK (images >= 0),
  PRIMARY KEY (project, path)
) STRICT, WITHOUT ROWID;
CREATE INDEX import_files_by_import ON import_files (import, path, outcome);
-- Few, and asked for often.
CREATE INDEX import_files_skipped ON import_files (project, path) WHERE outcome = 'skipped';

CREATE TABLE watched_folders (
  project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
  folder TEXT NOT NULL,
  -- How labels come with it.
  labels TEXT NOT NULL CHECK (json_valid(labels)),
  since TEXT NOT NULL,
  PRIMARY KEY (project, folder)
) STRICT, WITHOUT ROWID;
`);
    // Files imported earlier count as known from now on.
    connection.run(
      `INSERT OR IGNORE INTO import_files
         SELECT project, folder || :sep || replace(file, '/', :sep), NULL, NULL, 'known', NULL,
           bytes, modified, NULL, sha256, count(*)
         FROM (
           SELECT *, CASE WHEN frame IS NULL THEN name
             ELSE substr(name, 1, length(name) - length('#' || (frame + 1))) END AS file
           FROM images
         )
         GROUP BY project, folder, file`,
      { sep },
    );
    connection.run(
      `INSERT OR IGNORE INTO import_files
         SELECT project, problem.value ->> '$.path', NULL, imports.id, 'skipped',
           problem.value ->> '$.reason', NULL, NULL, NULL, NULL, 0
         FROM imports, json_each(report, '$.skipped') AS problem
         ORDER BY imports.id DESC`,
    );
  },
};
