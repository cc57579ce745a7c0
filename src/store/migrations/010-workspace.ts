import type { Migration } from './migration.ts';

/**
 * Tables of the first version. Ids are never reused (AUTOINCREMENT): the page keeps them in its undo history and in
 * the addresses of thumbnails, where a reused id would be confused.
 */
export const workspace: Migration = {
  version: 10,
  name: 'workspace',
  up: `
CREATE TABLE projects (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL CHECK (name <> ''),
  domain TEXT NOT NULL CHECK (domain IN ('medical', 'satellite', 'other')),
  task TEXT NOT NULL CHECK (task IN ('single', 'several')),
  is_sample INTEGER NOT NULL CHECK (is_sample IN (0, 1)),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  created_at TEXT NOT NULL,
  opened_at TEXT NOT NULL
) STRICT;

CREATE TABLE classes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
  name TEXT NOT NULL CHECK (name <> ''),
  colour TEXT NOT NULL CHECK (colour GLOB '#[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'),
  position INTEGER NOT NULL,
  UNIQUE (project, name)
) STRICT;

CREATE TABLE images (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
  folder TEXT NOT NULL,
  -- Relative to the folder, with / on every system.
  name TEXT NOT NULL,
  -- To search in and to order by: see queries/names.ts.
  folded_name TEXT NOT NULL,
  natural_key TEXT NOT NULL,
  sha256 BLOB NOT NULL CHECK (length(sha256) = 32),
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  -- Milliseconds since 1970, as the file system says.
  modified REAL NOT NULL,
  width INTEGER NOT NULL CHECK (width > 0),
  height INTEGER NOT NULL CHECK (height > 0),
  group_name TEXT,
  is_test INTEGER NOT NULL CHECK (is_test IN (0, 1)),
  -- 1 without labels: somebody said that it belongs to none of the classes.
  is_labelled INTEGER NOT NULL DEFAULT 0 CHECK (is_labelled IN (0, 1))
) STRICT;
CREATE UNIQUE INDEX images_by_content ON images (project, sha256);
-- Answers every filter of a page without the table, so that far pages are as quick as near ones.
CREATE INDEX images_in_order
  ON images (project, folder, natural_key, id, is_labelled, is_test, folded_name);
-- For counts.
CREATE INDEX images_by_state ON images (project, is_labelled, is_test);

CREATE TABLE labels (
  image INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  class INTEGER NOT NULL REFERENCES classes ON DELETE CASCADE,
  PRIMARY KEY (image, class)
) STRICT, WITHOUT ROWID;
CREATE INDEX labels_by_class ON labels (class, image);

-- 512 x 512 pixels of one class, compressed; level 0 is the image's own resolution.
CREATE TABLE mask_tiles (
  id INTEGER PRIMARY KEY,
  image INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  class INTEGER NOT NULL REFERENCES classes ON DELETE CASCADE,
  level INTEGER NOT NULL CHECK (level >= 0),
  x INTEGER NOT NULL CHECK (x >= 0),
  y INTEGER NOT NULL CHECK (y >= 0),
  pixels BLOB NOT NULL,
  UNIQUE (image, class, level, x, y)
) STRICT;
CREATE INDEX mask_tiles_by_class ON mask_tiles (class);

CREATE TABLE imports (
  id INTEGER PRIMARY KEY,
  project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
  folder TEXT NOT NULL,
  report TEXT NOT NULL CHECK (json_valid(report)),
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX imports_by_project ON imports (project);

CREATE TABLE teachers (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL,
  file TEXT NOT NULL,
  sha256 TEXT NOT NULL UNIQUE,
  description TEXT NOT NULL CHECK (json_valid(description)),
  -- What is known about it beyond the file's tensors.
  training TEXT,
  suits TEXT,
  licence TEXT,
  is_bundled INTEGER NOT NULL CHECK (is_bundled IN (0, 1)),
  added_at TEXT NOT NULL
) STRICT;

CREATE TABLE estimates (
  teacher INTEGER NOT NULL REFERENCES teachers ON DELETE CASCADE,
  machine TEXT NOT NULL,
  measured TEXT NOT NULL CHECK (json_valid(measured)),
  PRIMARY KEY (teacher, machine)
) STRICT, WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
  -- A finished run outlives its teacher, of which it keeps what it shows.
  teacher INTEGER REFERENCES teachers ON DELETE SET NULL,
  teacher_name TEXT NOT NULL,
  teacher_blocks INTEGER NOT NULL CHECK (teacher_blocks > 0),
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'paused', 'failed', 'done')),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  step INTEGER NOT NULL DEFAULT 0 CHECK (step >= 0),
  error TEXT CHECK (json_valid(error)),
  summary TEXT CHECK (json_valid(summary)),
  folder TEXT NOT NULL,
  created_at TEXT NOT NULL,
  finished_at TEXT
) STRICT;
CREATE INDEX runs_by_project ON runs (project);
CREATE INDEX runs_by_teacher ON runs (teacher);
CREATE INDEX runs_by_state ON runs (state);

CREATE TABLE run_metrics (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  step INTEGER NOT NULL CHECK (step > 0),
  loss REAL NOT NULL,
  PRIMARY KEY (run, step)
) STRICT, WITHOUT ROWID;

CREATE TABLE exports (
  id INTEGER PRIMARY KEY,
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  format TEXT NOT NULL,
  file TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX exports_by_run ON exports (run);
`,
};
