import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Connection } from '../connection.ts';
import type { Migration } from './migration.ts';

/**
 * Permanent test sets: the sampled use of each image, the user's choices, and the test set that a result is measured
 * on. A project with results keeps the test images of the latest one, unless its test images are marked.
 */
export const testSets: Migration = {
  version: 180,
  name: 'test-sets',
  up: (connection) => {
    connection.execute(`
-- 1: a person set it to be learnt from, whatever a folder, a table or chance says; is_test is 0 then.
ALTER TABLE images ADD COLUMN is_learn INTEGER NOT NULL DEFAULT 0 CHECK (is_learn IN (0, 1));
-- What it was drawn for when the test set was frozen; null: it was not labelled then.
ALTER TABLE images ADD COLUMN drawn TEXT CHECK (drawn IN ('test', 'learn'));
CREATE INDEX images_drawn ON images (project, drawn) WHERE drawn IS NOT NULL;

-- How the frozen test set came about; null: there is none.
ALTER TABLE projects ADD COLUMN test_mode TEXT CHECK (test_mode IN ('drawn', 'marked'));
-- How often one was drawn or taken from marks: its letter.
ALTER TABLE projects ADD COLUMN test_draws INTEGER NOT NULL DEFAULT 0 CHECK (test_draws >= 0);

CREATE TABLE test_sets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  project INTEGER NOT NULL REFERENCES projects ON DELETE CASCADE,
  draw INTEGER NOT NULL CHECK (draw > 0),
  -- Counts the changes of its images or their labels since it was drawn, from 1.
  version INTEGER NOT NULL CHECK (version > 0),
  fingerprint TEXT NOT NULL,
  images INTEGER NOT NULL CHECK (images >= 0),
  -- JSON: [[image, its labels], ...] by image.
  members TEXT NOT NULL CHECK (json_valid(members)),
  frozen_at TEXT NOT NULL,
  UNIQUE (project, fingerprint),
  UNIQUE (project, draw, version)
) STRICT;
-- Which one a run is measured on; null in runs of before.
ALTER TABLE runs ADD COLUMN test_set INTEGER REFERENCES test_sets ON DELETE SET NULL;
CREATE INDEX runs_by_test_set ON runs (test_set);

WITH latest AS (
  SELECT project, max(id) AS run FROM runs
  WHERE state = 'done' AND project NOT IN (
    SELECT project FROM images WHERE is_test = 1 AND is_labelled = 1
  )
  GROUP BY project
), tested AS (
  SELECT run, image FROM predictions UNION SELECT run, image FROM run_masks
)
UPDATE images SET drawn = CASE
  WHEN id IN (SELECT image FROM tested JOIN latest USING (run)) THEN 'test'
  WHEN is_labelled = 1 THEN 'learn'
END
WHERE is_test = 0 AND project IN (SELECT project FROM latest JOIN tested USING (run));
UPDATE projects SET test_mode = 'drawn', test_draws = 1
WHERE id IN (SELECT project FROM images WHERE drawn = 'test');
`);
    nameLatest(connection);
  },
};

const memberRow = z.object({ project: z.number(), image: z.number(), labels: z.string() });

/** Names the test images of the latest results test set A, with their current labels. */
function nameLatest(connection: Connection): void {
  const rows = connection.all(
    memberRow,
    `SELECT project, id AS image, coalesce(
       (SELECT 'mask ' || revision FROM masks WHERE image = images.id AND layer = 'human'),
       (SELECT group_concat(class, '+' ORDER BY class) FROM labels WHERE image = images.id), '') AS labels
     FROM images WHERE drawn = 'test' AND is_labelled = 1 ORDER BY project, id`,
  );
  const members = new Map<number, [number, string][]>();
  for (const { project, image, labels } of rows) {
    const list = members.get(project) ?? [];
    members.set(project, list);
    list.push([image, labels]);
  }
  for (const [project, list] of members) {
    const hash = createHash('sha256');
    for (const [image, labels] of list) hash.update(`${image}:${labels}\n`);
    connection.run(
      `INSERT INTO test_sets (project, draw, version, fingerprint, images, members, frozen_at)
       SELECT :project, 1, 1, :fingerprint, :images, :members, max(finished_at)
       FROM runs WHERE project = :project AND state = 'done'`,
      {
        project,
        fingerprint: hash.digest('hex').slice(0, 12),
        images: list.length,
        members: JSON.stringify(list),
      },
    );
  }
}
