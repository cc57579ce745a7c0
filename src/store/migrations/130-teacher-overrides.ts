import type { Migration } from './migration.ts';

/** What a person corrected of a teacher whose file leaves something open: until now only the command line could. */
export const teacherOverrides: Migration = {
  version: 130,
  name: 'teacher-overrides',
  up: `
ALTER TABLE teachers ADD COLUMN overrides TEXT NOT NULL DEFAULT '{}';
`,
};
