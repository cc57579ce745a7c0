import type { Migration } from './migration.ts';

/** Unfinished files of exports: those of a killed process are deleted at the next opening. */
export const unfinishedFiles: Migration = {
  version: 190,
  name: 'unfinished-files',
  up: `
CREATE TABLE unfinished_files (
  -- Absolute.
  path TEXT NOT NULL PRIMARY KEY
) STRICT, WITHOUT ROWID;
`,
};
