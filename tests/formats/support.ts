import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { z } from 'zod';

/** Images from other sources, with the output of a reference reader. They are next to the project, not in it. */
export interface ReferenceImages<Entry> {
  readonly path: (name: string) => string;
  /** Names of the files; empty if the folder is absent. */
  readonly files: readonly (readonly [name: string, expected: Entry])[];
  /** A suite that needs the files: skipped if they are absent, and its title then states why. */
  readonly describe: (title: string, suite: () => void) => void;
}

/** @param set a folder of ../shared/data */
export function referenceImages<Schema extends z.ZodType>(
  set: string,
  schema: Schema,
): ReferenceImages<z.output<Schema>> {
  const folder = fileURLToPath(new URL(`../../../shared/data/${set}/`, import.meta.url));
  const list = join(folder, 'expected.json');
  const absent = !existsSync(list);
  const reason = absent ? ` (skipped: ../shared/data/${set} is not beside the project)` : '';
  const text = absent ? '{}' : readFileSync(list, 'utf8');
  return {
    path: (name) => join(folder, name),
    files: Object.entries(z.record(z.string(), schema).parse(JSON.parse(text))),
    describe: (title, suite) => {
      describe.skipIf(absent)(title + reason, suite);
    },
  };
}
