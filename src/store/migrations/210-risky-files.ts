import type { Migration } from './migration.ts';

/** Files of watched folders that crashed a thread, or the whole program, while they were read. */
export const riskyFiles: Migration = {
  version: 210,
  name: 'risky files',
  up: `
CREATE TABLE risky_files (
  project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
  -- Absolute.
  path TEXT NOT NULL,
  -- As the file was then; a file that changed since is another.
  bytes INTEGER NOT NULL,
  modified INTEGER NOT NULL,
  inode INTEGER NOT NULL,
  losses INTEGER NOT NULL CHECK (losses > 0),
  PRIMARY KEY (project, path)
) STRICT, WITHOUT ROWID;
`,
};
