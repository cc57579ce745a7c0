import type { Migration } from './migration.ts';

/** Loss curves of decoders. SQLite cannot change a PRIMARY KEY, so the table is rebuilt. */
export const decoderCurves: Migration = {
  version: 110,
  name: 'decoder-curves',
  up: `
CREATE TABLE run_metrics_anew (
  run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
  -- What learns.
  curve TEXT NOT NULL CHECK (curve IN ('distill', 'decoder')),
  step INTEGER NOT NULL CHECK (step > 0),
  loss REAL NOT NULL,
  PRIMARY KEY (run, curve, step)
) STRICT, WITHOUT ROWID;
INSERT INTO run_metrics_anew (run, curve, step, loss)
  SELECT run, 'distill', step, loss FROM run_metrics;
DROP TABLE run_metrics;
ALTER TABLE run_metrics_anew RENAME TO run_metrics;
`,
};
