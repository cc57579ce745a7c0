import type { Migration } from './migration.ts';

/** Settings shared by all projects of a workspace. */
export const settings: Migration = {
  version: 140,
  name: 'settings',
  up: `
CREATE TABLE settings (
  name TEXT NOT NULL PRIMARY KEY,
  -- JSON, by the contract's schema of that name.
  value TEXT NOT NULL
) STRICT;
`,
};
