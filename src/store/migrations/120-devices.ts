import type { Migration } from './migration.ts';

/** Devices of runs: processors in earlier versions. */
export const devices: Migration = {
  version: 120,
  name: 'devices',
  up: `
-- Null until the run begins, where the project leaves it to the machine.
ALTER TABLE runs ADD COLUMN device TEXT;
-- Why it is not the one that was wished for, or was at work at first.
ALTER TABLE runs ADD COLUMN device_note TEXT;
UPDATE runs SET device = 'cpu', settings = json_set(settings, '$.device', 'cpu');
UPDATE projects SET settings = json_set(settings, '$.device', 'auto');
`,
};
