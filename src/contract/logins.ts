import { z } from 'zod';
import { withoutEnd } from '../core/text/scan.ts';

/** Names and passwords of mirrors and proxies: apart from their addresses, which lie in the workspace. */

export const loginKind = z.enum(['mirror', 'proxy']);
export type LoginKind = z.infer<typeof loginKind>;

/** `name:password` as it stands in an address, percent-encoded; null for none. */
const login = z.string().min(1).max(2000).nullable();
export const logins = z.strictObject({ mirror: login, proxy: login });
export type Logins = z.infer<typeof logins>;

/**
 * `kept`: in the system's key store; `session`: until Understudy closes, since this computer has no key store;
 * `missing`: it has to be entered again; `none`: the address has none.
 */
export const loginState = z.enum(['none', 'kept', 'session', 'missing']);
export type LoginState = z.infer<typeof loginState>;

/** An address without its name and password, and those; what is no address stays as it is. */
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

/** The address with a name and password in it again. */
export function withLogin(address: string, text: string): string {
  const url = new URL(address);
  const [username = '', ...password] = text.split(':');
  url.username = username;
  url.password = password.join(':');
  return withoutEnd(url.href, /\//);
}
