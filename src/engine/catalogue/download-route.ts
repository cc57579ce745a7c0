import { z } from 'zod';
import { cardOrigin, isSafeFromOthers } from '../../contract/catalogue.ts';
import type { DownloadSettings } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { withoutEnd } from '../../core/text/scan.ts';
import { addressText } from '../../text/index.ts';

/** Download route. */
export interface DownloadRoute {
  /** Replacement for `https://huggingface.co`, without a trailing slash; null for none. */
  readonly mirror: string | null;
  /** Proxy; null to use the environment's. */
  readonly proxy: string | null;
  /** True if the user explicitly allowed unencrypted addresses. */
  readonly plainHttp: boolean;
}

const webAddress = z.url({ protocol: /^https?$/ });

/**
 * Combines the settings with the environment, which applies if nothing is set.
 *
 * @throws UserError 'invalid-option' for an invalid address
 */
export function downloadRoute(
  { mirror, proxy, plainHttp }: DownloadSettings,
  env: Readonly<Record<string, string | undefined>>,
): DownloadRoute {
  const set = blankAsNull(mirror) ?? blankAsNull(env.HF_ENDPOINT ?? null);
  return {
    mirror: set === null ? null : mirrorOf(set, plainHttp),
    proxy: checkedProxy(proxy),
    plainHttp,
  };
}

/**
 * Validates settings and normalises them for storage.
 *
 * @throws UserError 'invalid-option'
 */
export function checkedSettings({ mirror, proxy, plainHttp }: DownloadSettings): DownloadSettings {
  const set = blankAsNull(mirror);
  const checked = set === null ? null : mirrorOf(set, plainHttp);
  // The permission is for one address: a different address needs it again.
  const isNeeded = plainHttp && checked !== null && !isSafeFromOthers(checked);
  return { mirror: checked, proxy: checkedProxy(proxy), plainHttp: isNeeded };
}

/** Address of a file at the mirror, if there is one. */
export function addressAt(url: string, { mirror }: DownloadRoute): string {
  return mirror !== null && url.startsWith(`${cardOrigin}/`)
    ? `${mirror}${url.slice(cardOrigin.length)}`
    : url;
}

function mirrorOf(text: string, plainHttp: boolean): string {
  const address = addressOf(text);
  if (address?.search !== '' || address.hash !== '') {
    throw new UserError('invalid-option', addressText.invalidMirror(text));
  }
  if (!plainHttp && !isSafeFromOthers(address.href)) {
    throw new UserError('invalid-option', addressText.plainMirror(address.host));
  }
  return withoutEnd(address.href, /\//);
}

function checkedProxy(text: string | null): string | null {
  const set = blankAsNull(text);
  if (set === null) return null;
  if (addressOf(set) === undefined) {
    throw new UserError('invalid-option', addressText.invalidProxy(set));
  }
  return set;
}

function addressOf(text: string): URL | undefined {
  return webAddress.safeParse(text).success ? new URL(text) : undefined;
}

function blankAsNull(text: string | null): string | null {
  const trimmed = text?.trim() ?? '';
  return trimmed === '' ? null : trimmed;
}
