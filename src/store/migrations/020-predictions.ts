import type { Migration } from './migration.ts';

/** Predictions of teacher, untrained copy and student for each test image: JSON lists of class indices. */
export const predictions: Migration = {
  version: 20,
  name: 'predictions',
  up: `
CREATE TABLE predictions (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  image INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  truth TEXT NOT NULL CHECK (json_valid(truth)),
  teacher TEXT NOT NULL CHECK (json_valid(teacher)),
  copy TEXT NOT NULL CHECK (json_valid(copy)),
  student TEXT NOT NULL CHECK (json_valid(student)),
  PRIMARY KEY (run, image)
) STRICT, WITHOUT ROWID;
-- For the cascade from images.
CREATE INDEX predictions_by_image ON predictions (image);
`,
};
