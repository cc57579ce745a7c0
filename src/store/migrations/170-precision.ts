import type { Migration } from './migration.ts';

/** Precision of the operands of products on a GPU: float32 in earlier versions. */
export const precision: Migration = {
  version: 170,
  name: 'precision',
  up: `
UPDATE projects SET settings = json_set(settings, '$.precision', 'float32');
UPDATE runs SET settings = json_set(settings, '$.precision', 'float32');
`,
};
