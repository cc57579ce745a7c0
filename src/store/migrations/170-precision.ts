import type { Migration } from './migration.ts';

/** What products of a GPU take their operands in: until now float32. */
export const precision: Migration = {
  version: 170,
  name: 'precision',
  up: `
UPDATE projects SET settings = json_set(settings, '$.precision', 'float32');
UPDATE runs SET settings = json_set(settings, '$.precision', 'float32');
`,
};
