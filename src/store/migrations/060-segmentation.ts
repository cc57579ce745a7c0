import type { Migration } from './migration.ts';

/** Segmentation projects. SQLite cannot widen a CHECK, so the table is rebuilt. */
export const segmentation: Migration = {
  version: 60,
  name: 'segmentation',
  up: `
CREATE TABLE projects_anew (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL CHECK (name <> ''),
  domain TEXT NOT NULL CHECK (domain IN ('medical', 'satellite', 'other')),
  task TEXT NOT NULL CHECK (task IN ('single', 'several', 'segmentation')),
  is_sample INTEGER NOT NULL CHECK (is_sample IN (0, 1)),
  settings TEXT NOT NULL CHECK (json_valid(settings)),
  created_at TEXT NOT NULL,
  opened_at TEXT NOT NULL
) STRICT;
INSERT INTO projects_anew (id, name, domain, task, is_sample, settings, created_at, opened_at)
  SELECT id, name, domain, task, is_sample, settings, created_at, opened_at FROM projects;
-- The last id ever given, also where that project is gone: none is given twice.
DELETE FROM sqlite_sequence WHERE name = 'projects_anew';
INSERT INTO sqlite_sequence (name, seq)
  SELECT 'projects_anew', seq FROM sqlite_sequence WHERE name = 'projects';
-- With foreign keys off nothing that refers to it is lost; what does refers to it by its name.
DROP TABLE projects;
ALTER TABLE projects_anew RENAME TO projects;
`,
};
