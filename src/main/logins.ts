import { z } from 'zod';
import { logins as loginsSchema, splitLogin } from '../contract/logins.ts';
import type { LoginKind, Logins } from '../contract/logins.ts';
import { withoutEnd } from '../core/text/scan.ts';
import { readKept, writeKept } from './kept-file.ts';

/** Part of Electron's `safeStorage` that is used here. */
export interface KeyStore {
  isEncryptionAvailable(): boolean;
  /** Linux alone. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(encrypted: Buffer): string;
}

const kept = z.record(z.string(), z.string());
type Kept = z.infer<typeof kept>;

/**
 * Names and passwords of mirrors and proxies, each under the address that it was given for: a workspace that names
 * another server is not given them. Encrypted by the system's key store; where there is none they are not kept at all.
 */
export class LoginKeeper {
  readonly #file: string;
  readonly #store: KeyStore;

  constructor(file: string, store: KeyStore) {
    this.#file = file;
    this.#store = store;
  }

  /** Linux without a key store encrypts with a password that everybody knows, which protects nothing. */
  get isSafe(): boolean {
    try {
      const backend = this.#store.getSelectedStorageBackend?.();
      return (
        this.#store.isEncryptionAvailable() && backend !== 'basic_text' && backend !== 'unknown'
      );
    } catch {
      return false;
    }
  }

  /** Keeps a login; nothing happens without a key store. */
  keep(kind: LoginKind, address: string, login: string): void {
    if (!this.isSafe) return;
    const encrypted = this.#store.encryptString(login).toString('base64');
    writeKept(this.#file, { ...this.#read(), [keyOf(kind, address)]: encrypted });
  }

  /** Null where nothing is kept for this address, or it cannot be decrypted any more. */
  find(kind: LoginKind, address: string | null): string | null {
    const encrypted = address === null ? undefined : this.#read()[keyOf(kind, address)];
    if (encrypted === undefined || !this.isSafe) return null;
    try {
      const login = this.#store.decryptString(Buffer.from(encrypted, 'base64'));
      return loginsSchema.shape.mirror.safeParse(login).data ?? null;
    } catch {
      return null;
    }
  }

  /** Keeps what a person has written into the addresses of a form. */
  keepAll(settings: Readonly<Record<LoginKind, string | null>>): void {
    for (const kind of ['mirror', 'proxy'] as const) {
      const { address, login } = splitLogin(settings[kind]);
      if (address !== null && login !== null) this.keep(kind, withoutEnd(address, /\//), login);
    }
  }

  findAll({ mirror, proxy }: Readonly<Record<LoginKind, string | null>>): Logins {
    return { mirror: this.find('mirror', mirror), proxy: this.find('proxy', proxy) };
  }

  #read(): Kept {
    return readKept(this.#file, kept, {});
  }
}

function keyOf(kind: LoginKind, address: string): string {
  return `${kind} ${address}`;
}
