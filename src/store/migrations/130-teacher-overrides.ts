import type { Migration } from './migration.ts';

/**
 * Corrections by the user of a teacher whose file is ambiguous; earlier only possible on the command line.
 */
export const teacherOverrides: Migration = {
  version: 130,
  name: 'teacher-overrides',
  up: `
ALTER TABLE teachers ADD COLUMN overrides TEXT NOT NULL DEFAULT '{}';
`,
};
