import type { Migration } from './migration.ts';

/** Masks in watched folders, imported by the decisions of the first import. */
export const watchedMasks: Migration = {
  version: 90,
  name: 'watched-masks',
  up: `
-- How masks come with it; null: without.
ALTER TABLE watched_folders ADD COLUMN masks TEXT CHECK (json_valid(masks));

-- Files of watched folders that are no images but labels of them, as they were when they were looked at last.
CREATE TABLE watched_labels (
  project INTEGER NOT NULL,
  folder TEXT NOT NULL,
  -- Absolute.
  path TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  modified REAL NOT NULL,
  inode REAL NOT NULL,
  PRIMARY KEY (project, folder, path),
  FOREIGN KEY (project, folder) REFERENCES watched_folders ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`,
};
