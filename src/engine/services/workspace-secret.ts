import { createHmac, randomBytes } from 'node:crypto';
import { readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { systemCode } from '../../formats/file-errors.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';
import type { Store } from '../../store/store.ts';

const length = 32;

/** How the workspace's secret was found. */
type SecretState = 'sound' | 'missing' | 'damaged' | 'unreadable' | 'other';

type FoundSecret =
  | { readonly state: 'sound'; readonly secret: Uint8Array }
  | { readonly state: Exclude<SecretState, 'sound'>; readonly details: string };

/**
 * Reads the workspace's own random key: patients' numbers are kept as hashes under it, so that images of one
 * patient are known to belong together and nobody can try numbers until one fits. It moves with the workspace. The
 * database keeps a fingerprint of it, by which another key in its place is noticed.
 *
 * A new one is made only where no image has a group under an old one: under a new key the same patient would get
 * another group, and could end on both sides of a split.
 *
 * @throws UserError 'disk' where a new one cannot be written
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
      [state, details] = ['damaged', `${secret.length} bytes instead of ${length}`];
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

/** What happened to the secret, and what to do; null where it is sound. */
export function secretProblem(store: Store, found: FoundSecret): UserError | null {
  if (found.state === 'sound') return null;
  const file = secretFile(store);
  const what = {
    missing: `${file}, the key that tells patients apart, is missing`,
    damaged: `${file}, the key that tells patients apart, is damaged (${found.details})`,
    unreadable: `${file}, the key that tells patients apart, cannot be read (${found.details})`,
    other: `${file}, the key that tells patients apart, is another one than this workspace was made with`,
  }[found.state];
  return new UserError(
    'secret-lost',
    `${what}. Under a new key the same patient would count as two, so images that name a patient are not imported. Put the file back from a copy, or read all patients again: “Read patients again” in the window, import --rekey on the command line.`,
    found.details,
  );
}

/**
 * Replaces the secret and everything that depends on it, all or nothing, also where the process is killed in between:
 * the new key lies beside the old one until the database has taken it.
 *
 * @param change writes the new groups; called in a transaction
 * @throws UserError 'disk'; then everything is as it was
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

/** A fresh key that no workspace has. */
export function newSecret(): Uint8Array {
  return randomBytes(length);
}

/** The key that lies beside takes the place of the old one where the database has it already; else it goes. */
async function completeReplacement(store: Store): Promise<void> {
  const next = `${secretFile(store)}.next`;
  const secret = await readFile(next).catch(() => undefined);
  if (secret === undefined) return;
  const isTaken = fingerprintOf(secret) === store.settings.secretFingerprint();
  if (isTaken) await rename(next, secretFile(store));
  else await rm(next, { force: true });
}

function secretFile(store: Store): string {
  return join(store.folder, 'secret');
}

/** Tells one key from another, and nothing of either: HMAC (RFC 2104) with SHA-256 of a fixed text, 16 bytes. */
function fingerprintOf(secret: Uint8Array): string {
  return createHmac('sha256', secret).update('workspace secret').digest('hex').slice(0, 32);
}
