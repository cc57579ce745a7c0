import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { databaseName, openStore } from '../../store/store.ts';
import type { Store } from '../../store/store.ts';
import { outputText } from '../../text/index.ts';

/**
 * Opens the workspace given to a command; never creates one.
 *
 * @throws UserError 'not-found' when the folder has no workspace, and the errors of `openStore`
 */
export function openNamedWorkspace(workspace: string): Store {
  const folder = resolve(workspace);
  if (existsSync(join(folder, databaseName))) return openStore(folder, { isKnown: true });
  throw new UserError('not-found', outputText.noWorkspace(folder));
}
