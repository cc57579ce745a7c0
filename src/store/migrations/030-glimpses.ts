import type { Migration } from './migration.ts';

/** Probes of a student in training (the table calls them glimpses), and of the teacher that it is compared with. */
export const glimpses: Migration = {
  version: 30,
  name: 'glimpses',
  up: `
CREATE TABLE run_references (
  run INTEGER NOT NULL PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
  -- JSON list of ids, of images that may go while the run stays.
  images TEXT NOT NULL CHECK (json_valid(images)),
  -- Patches a side.
  grid INTEGER NOT NULL CHECK (grid > 0),
  accuracy REAL,
  -- 8-bit RGB, (images, grid, grid, 3).
  map BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE run_glimpses (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  step INTEGER NOT NULL CHECK (step >= 0),
  accuracy REAL,
  map BLOB NOT NULL,
  PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;
`,
};
