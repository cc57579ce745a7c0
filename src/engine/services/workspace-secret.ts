import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from '../../formats/write-file.ts';

const length = 32;

/**
 * The workspace's own random key: patients' numbers are kept as hashes under it, so that images of one
 * patient are known to belong together and nobody can try numbers until one fits. It is made when it is
 * first needed, and moves with the workspace.
 *
 * @throws UserError 'disk'
 */
export async function workspaceSecret(workspace: string): Promise<Uint8Array> {
  const file = join(workspace, 'secret');
  const kept = await readFile(file).catch(() => undefined);
  if (kept?.length === length) return kept;
  const made = randomBytes(length);
  await writeFileAtomically(file, made);
  return made;
}
