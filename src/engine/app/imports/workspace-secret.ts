import { createHmac, randomBytes } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { systemCode } from '../../../formats/files/file-errors.ts';
import { writeFileAtomically } from '../../../formats/files/write-file.ts';
import type { Store } from '../../../store/store.ts';
import { secretName } from '../../../store/workspace-files.ts';
import { patientsText } from '../../../text/index.ts';

const length = 32;

/** State of the workspace's secret. */
type SecretState = 'sound' | 'missing' | 'damaged' | 'unreadable' | 'other';

type FoundSecret =
  | { readonly state: 'sound'; readonly secret: Uint8Array }
  | { readonly state: Exclude<SecretState, 'sound'>; readonly details: string };

/**
 * Reads the workspace's random key. Patient numbers are stored as hashes under it, so that images of one patient are
 * recognised but a number cannot be found by trial. The key moves with the workspace. The database stores its
 * fingerprint, so that a different key in its place is detected.
 *
 * A new key is created only if no image has a group under an old one: under a new key the same patient would get
 * another group, and could end up on both sides of a split.
 *
 * @throws UserError 'disk' if a new key cannot be written
 */
export async function findSecret(store: Store): Promise<FoundSecret> {
  await completeReplacement(store);
  const file = secretFile(store);
  const known = store.settings.secretFingerprint();
  const isNeeded = store.images.keyedGroups() > 0;
  let details = '';
  let state: Exclude<SecretState, 'sound'> = 'missing';
  try {
    const secret = await readFile(file);
    if (secret.length === length) {
      const fingerprint = fingerprintOf(secret);
      if (known === fingerprint) return { state: 'sound', secret };
      if (known === null || !isNeeded) {
        store.settings.saveSecretFingerprint(fingerprint);
        return { state: 'sound', secret };
      }
      state = 'other';
    } else {
      state = 'damaged';
      details = patientsText.wrongLength({ bytes: secret.length, expected: length });
    }
  } catch (error) {
    details = systemCode(error) ?? String(error);
    if (details !== 'ENOENT') state = 'unreadable';
  }
  if (isNeeded) return { state, details };
  const secret = randomBytes(length);
  await writeFileAtomically(file, secret, { mode: 0o600 });
  store.settings.saveSecretFingerprint(fingerprintOf(secret));
  return { state: 'sound', secret };
}

/** Returns an error that explains what happened to the secret and what to do; null if it is intact. */
export function secretProblem(store: Store, found: FoundSecret): UserError | null {
  if (found.state === 'sound') return null;
  const file = secretFile(store);
  const what = {
    missing: patientsText.keyMissing(file),
    damaged: patientsText.keyDamaged(file, found.details),
    unreadable: patientsText.keyUnreadable(file, found.details),
    other: patientsText.otherKey(file),
  }[found.state];
  return new UserError('secret-lost', patientsText.keyLost(what), found.details);
}

/**
 * Replaces the secret and everything that depends on it, atomically even if the process is killed midway: the new key
 * is stored next to the old one until the database has been updated.
 *
 * @param change writes the new groups; called in a transaction
 * @throws UserError 'disk'; then nothing has changed
 */
export async function replaceSecret(
  store: Store,
  secret: Uint8Array,
  change: () => void,
): Promise<void> {
  const next = `${secretFile(store)}.next`;
  await writeFileAtomically(next, secret, { mode: 0o600 });
  try {
    store.transaction(() => {
      change();
      store.settings.saveSecretFingerprint(fingerprintOf(secret));
    });
  } catch (error) {
    await rm(next, { force: true }).catch(() => undefined);
    throw error;
  }
  await completeReplacement(store);
}

/** Generates a new key. */
export function newSecret(): Uint8Array {
  return randomBytes(length);
}

/**
 * Completes a replacement: the new key replaces the old one if the database was updated, else it is deleted.
 */
async function completeReplacement(store: Store): Promise<void> {
  const next = `${secretFile(store)}.next`;
  const secret = await readFile(next).catch(() => undefined);
  if (secret === undefined) return;
  const isTaken = fingerprintOf(secret) === store.settings.secretFingerprint();
  if (isTaken) await rename(next, secretFile(store));
  else await rm(next, { force: true });
}

function secretFile(store: Store): string {
  return join(store.folder, secretName);
}

/**
 * Returns the fingerprint of a key that reveals nothing of it: HMAC (RFC 2104) with SHA-256 of a fixed text, 16
 * bytes.
 */
function fingerprintOf(secret: Uint8Array): string {
  return createHmac('sha256', secret).update('workspace secret').digest('hex').slice(0, 32);
}
