import type { Migration } from './migration.ts';

/** Predictions of a student and its teacher for images without review, and a flag for reviewed labels. */
export const review: Migration = {
  version: 70,
  name: 'review',
  up: `
-- 1: a person gave the label or confirmed it; labels that came with a folder nobody here has looked at.
ALTER TABLE images ADD COLUMN is_reviewed INTEGER NOT NULL DEFAULT 0 CHECK (is_reviewed IN (0, 1));

CREATE TABLE image_scores (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  image INTEGER NOT NULL REFERENCES images ON DELETE CASCADE,
  -- 0 sure to 1 undecided.
  uncertainty REAL NOT NULL CHECK (uncertainty BETWEEN 0 AND 1),
  -- JSON: [{"class": id, "probability": p}], those that the uncertainty is about, the likelier first.
  likeliest TEXT NOT NULL CHECK (json_valid(likeliest)),
  -- JSON lists of ids of classes, ascending; the teacher's null where it was gone.
  student TEXT NOT NULL CHECK (json_valid(student)),
  teacher TEXT CHECK (json_valid(teacher)),
  PRIMARY KEY (run, image)
) STRICT, WITHOUT ROWID;
-- For the cascade from images.
CREATE INDEX image_scores_by_image ON image_scores (image);
`,
};
