import type { Migration } from './migration.ts';

/** Images that are slices of a file, and projects' choices of a model's input from stored values. */
export const slices: Migration = {
  version: 40,
  name: 'slices',
  up: `
-- From 0; null: the file holds this image alone.
ALTER TABLE images ADD COLUMN frame INTEGER CHECK (frame >= 0);
DROP INDEX images_by_content;
CREATE UNIQUE INDEX images_by_content ON images (project, sha256, ifnull(frame, 0));

UPDATE projects SET settings = json_set(settings, '$.preparation', json('{"range":"auto"}'));
UPDATE runs SET settings = json_set(settings, '$.preparation', json('{"range":"auto"}'));
`,
};
