import { z } from 'zod';
import { withoutEnd } from '../core/text/scan.ts';

/**
 * Names and passwords of mirrors and proxies, stored separately from their addresses, which are in the workspace.
 */

export const loginKind = z.enum(['mirror', 'proxy']);
export type LoginKind = z.infer<typeof loginKind>;

/** Credentials `name:password` as in an address, percent-encoded; null for none. */
const login = z.string().min(1).max(2000).nullable();
export const logins = z.strictObject({ mirror: login, proxy: login });
export type Logins = z.infer<typeof logins>;

/**
 * State of a login. `kept`: in the system's key store; `session`: until Understudy closes, because this computer has
 * no key store; `missing`: it has to be entered again; `none`: the address has none.
 */
export const loginState = z.enum(['none', 'kept', 'session', 'missing']);
export type LoginState = z.infer<typeof loginState>;

/**
 * Splits an address into the address without credentials, and the credentials; an invalid address is returned
 * unchanged.
 */
export function splitLogin(text: string | null): {
  readonly address: string | null;
  readonly login: string | null;
} {
  const trimmed = text?.trim() ?? '';
  if (trimmed === '') return { address: null, login: null };
  if (!URL.canParse(trimmed)) return { address: trimmed, login: null };
  const url = new URL(trimmed);
  const { username, password } = url;
  if (username === '' && password === '') return { address: trimmed, login: null };
  url.username = '';
  url.password = '';
  return {
    address: withoutEnd(url.href, /\//),
    login: password === '' ? username : `${username}:${password}`,
  };
}

/** Puts the credentials back into an address. */
export function withLogin(address: string, text: string): string {
  const url = new URL(address);
  const [username = '', ...password] = text.split(':');
  url.username = username;
  url.password = password.join(':');
  return withoutEnd(url.href, /\//);
}
