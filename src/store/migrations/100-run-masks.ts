import type { Migration } from './migration.ts';

/**
 * Segmentation runs: their masks next to the user's, their scores on each test image, and settings of decoders.
 * SQLite cannot drop a UNIQUE, so the table of masks is rebuilt.
 */
export const runMasks: Migration = {
  version: 100,
  name: 'run-masks',
  up: `
CREATE TABLE masks_anew (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  image INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  -- Whose it is.
  layer TEXT NOT NULL CHECK (layer IN ('human', 'teacher', 'copy', 'student')),
  -- Of a model: the run that made it.
  run INTEGER REFERENCES runs ON DELETE CASCADE,
  -- Done: somebody said that all of it is as it should be.
  state TEXT NOT NULL CHECK (state IN ('draft', 'done')),
  -- Counts its changes.
  revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0),
  changed_at TEXT NOT NULL,
  CHECK (run IS NULL OR layer <> 'human')
) STRICT;
INSERT INTO masks_anew (id, image, layer, run, state, revision, changed_at)
  SELECT id, image, layer, NULL, state, revision, changed_at FROM masks;
-- The last id ever given, as for projects.
DELETE FROM sqlite_sequence WHERE name = 'masks_anew';
INSERT INTO sqlite_sequence (name, seq)
  SELECT 'masks_anew', seq FROM sqlite_sequence WHERE name = 'masks';
DROP TABLE masks;
ALTER TABLE masks_anew RENAME TO masks;
CREATE UNIQUE INDEX masks_by_owner ON masks (image, layer, coalesce(run, 0));
CREATE INDEX masks_by_state ON masks (layer, state, image);
-- For the cascade from runs, and to count what a run has predicted.
CREATE INDEX masks_by_run ON masks (run, layer, image);

-- Mean Dice of a test image; null where there was nothing to compare.
CREATE TABLE run_masks (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  image INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  teacher REAL CHECK (teacher BETWEEN 0 AND 1),
  copy REAL CHECK (copy BETWEEN 0 AND 1),
  student REAL CHECK (student BETWEEN 0 AND 1),
  PRIMARY KEY (run, image)
) STRICT, WITHOUT ROWID;
-- For the cascade from images.
CREATE INDEX run_masks_by_image ON run_masks (image);

UPDATE projects SET settings = json_set(settings, '$.imageSize', NULL, '$.decoderSteps', 200,
  '$.adapt', json(iif(domain = 'satellite', 'true', 'false')), '$.overlap', 0.5, '$.tolerance', 2,
  '$.toleranceUnit', 'px');
UPDATE runs SET settings = json_set(settings, '$.imageSize', NULL, '$.decoderSteps', 200,
  '$.adapt', json('false'), '$.overlap', 0.5, '$.tolerance', 2, '$.toleranceUnit', 'px');
-- Nobody could distil for outlines before, so these are the usual steps of classes.
UPDATE projects SET settings = json_set(settings, '$.steps', 150, '$.batch', 32)
  WHERE task = 'segmentation' AND settings ->> '$.steps' = 600 AND settings ->> '$.batch' = 128;
`,
};
