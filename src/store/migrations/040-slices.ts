import type { Migration } from './migration.ts';

/** Images that are a slice of a file; what a model sees of stored values, with the choices of a project. */
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
