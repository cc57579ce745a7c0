import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../core/errors.ts';
import { databaseName, openStore } from '../store/store.ts';
import type { Store } from '../store/store.ts';

/**
 * Opens a workspace that a command names: a folder without one must not become one.
 *
 * @throws UserError 'not-found' where there is none, and as `openStore`
 */
export function openNamedWorkspace(workspace: string): Store {
  const folder = resolve(workspace);
  if (existsSync(join(folder, databaseName))) return openStore(folder, { isKnown: true });
  throw new UserError(
    'not-found',
    `There is no workspace in ${folder}. Check the path; import and teacher import begin one, and so does the window.`,
  );
}
