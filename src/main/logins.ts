import { z } from 'zod';
import { logins as loginsSchema, splitLogin } from '../contract/logins.ts';
import type { LoginKind, Logins } from '../contract/logins.ts';
import { withoutEnd } from '../core/text/scan.ts';
import { readKept, writeKept } from './kept-file.ts';

/** Part of Electron's `safeStorage` that is used here. */
export interface KeyStore {
  isEncryptionAvailable(): boolean;
  /** Present only on Linux. */
  getSelectedStorageBackend?(): string;
  encryptString(text: string): Buffer;
  decryptString(encrypted: Buffer): string;
}

const kept = z.record(z.string(), z.string());
type Kept = z.infer<typeof kept>;

/**
 * Names and passwords of mirrors and proxies, each stored for one address, so that a workspace with another server
 * does not receive them. Encrypted by the system's key store; without one, they are not stored.
 */
export class LoginKeeper {
  readonly #file: string;
  readonly #store: KeyStore;

  constructor(file: string, store: KeyStore) {
    this.#file = file;
    this.#store = store;
  }

  /** True if encryption is real: Linux without a key store encrypts with a publicly known password. */
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

  /** Stores a login; does nothing without a key store. */
  keep(kind: LoginKind, address: string, login: string): void {
    if (!this.isSafe) return;
    const encrypted = this.#store.encryptString(login).toString('base64');
    writeKept(this.#file, { ...this.#read(), [keyOf(kind, address)]: encrypted });
  }

  /** Returns the login, or null if none is stored for this address or it can no longer be decrypted. */
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

  /** Stores the logins that the user wrote into the addresses of a form. */
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
