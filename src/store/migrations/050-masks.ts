import type { Migration } from './migration.ts';

/** Masks: values of classes in tiles, by image and by author. */
export const masks: Migration = {
  version: 50,
  name: 'masks',
  up: `
-- Was there from the start, but never written.
DROP TABLE mask_tiles;

-- A class's value in masks; null for those past the 254th.
ALTER TABLE classes ADD COLUMN mask_value INTEGER CHECK (mask_value BETWEEN 1 AND 254);
UPDATE classes SET mask_value = ranked.place
FROM (SELECT id, row_number() OVER (PARTITION BY project ORDER BY position, id) AS place
      FROM classes) AS ranked
WHERE ranked.id = classes.id AND ranked.place <= 254;
CREATE UNIQUE INDEX classes_by_mask_value ON classes (project, mask_value);

CREATE TABLE masks (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  image INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  -- Whose it is.
  layer TEXT NOT NULL CHECK (layer IN ('human', 'teacher', 'student')),
  -- Done: somebody said that all of it is as it should be.
  state TEXT NOT NULL CHECK (state IN ('draft', 'done')),
  -- Counts its changes.
  revision INTEGER NOT NULL DEFAULT 0 CHECK (revision >= 0),
  changed_at TEXT NOT NULL,
  UNIQUE (image, layer)
) STRICT;
CREATE INDEX masks_by_state ON masks (layer, state, image);

-- 512 x 512 values, packed as queries/masks.ts says; a tile that is not there is background.
CREATE TABLE mask_tiles (
  id INTEGER PRIMARY KEY,
  mask INTEGER NOT NULL REFERENCES masks ON DELETE CASCADE,
  x INTEGER NOT NULL CHECK (x >= 0),
  y INTEGER NOT NULL CHECK (y >= 0),
  -- {"value": pixels} of what is not background.
  histogram TEXT NOT NULL CHECK (json_valid(histogram)),
  pixels BLOB NOT NULL,
  UNIQUE (mask, x, y)
) STRICT;
`,
};
