import { z } from 'zod';
import { cardOrigin, isSafeFromOthers } from '../../contract/catalogue.ts';
import type { DownloadSettings } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { withoutEnd } from '../../core/text/scan.ts';

/** From where, and how, files come. */
export interface DownloadPlace {
  /** In place of `https://huggingface.co`, without a slash at its end; null for that itself. */
  readonly mirror: string | null;
  /** Null for what the environment says. */
  readonly proxy: string | null;
  /** Whether a person insists on addresses without encryption. */
  readonly plainHttp: boolean;
}

const webAddress = z.url({ protocol: /^https?$/ });

/**
 * What was set, and where nothing was, what the environment says.
 *
 * @throws UserError 'invalid-option' for what is no address
 */
export function placeOf(
  { mirror, proxy, plainHttp }: DownloadSettings,
  env: Readonly<Record<string, string | undefined>>,
): DownloadPlace {
  const set = blankAsNull(mirror) ?? blankAsNull(env.HF_ENDPOINT ?? null);
  return {
    mirror: set === null ? null : mirrorOf(set, plainHttp),
    proxy: checkedProxy(proxy),
    plainHttp,
  };
}

/**
 * As it is to be kept.
 *
 * @throws UserError 'invalid-option'
 */
export function checkedSettings({ mirror, proxy, plainHttp }: DownloadSettings): DownloadSettings {
  const set = blankAsNull(mirror);
  const checked = set === null ? null : mirrorOf(set, plainHttp);
  // Insisting is for one address: another one is asked about anew.
  const isNeeded = plainHttp && checked !== null && !isSafeFromOthers(checked);
  return { mirror: checked, proxy: checkedProxy(proxy), plainHttp: isNeeded };
}

/** The address of a file there. */
export function addressAt(url: string, { mirror }: DownloadPlace): string {
  return mirror !== null && url.startsWith(`${cardOrigin}/`)
    ? `${mirror}${url.slice(cardOrigin.length)}`
    : url;
}

function mirrorOf(text: string, plainHttp: boolean): string {
  const address = addressOf(text);
  if (address?.search !== '' || address.hash !== '') {
    throw new UserError(
      'invalid-option',
      `“${text}” is no address of a mirror. Write it as https://mirror.example, without the names of files.`,
    );
  }
  if (!plainHttp && !isSafeFromOthers(address.href)) {
    throw new UserError(
      'invalid-option',
      `The mirror ${address.host} is not encrypted (http): anybody on the way could send other files. Write its address with https, or insist on it: “Use it without encryption” in the window, --plain-http on the command line.`,
    );
  }
  return withoutEnd(address.href, /\//);
}

function checkedProxy(text: string | null): string | null {
  const set = blankAsNull(text);
  if (set === null) return null;
  if (addressOf(set) === undefined) {
    throw new UserError(
      'invalid-option',
      `“${set}” is no address of a proxy. Write it as http://proxy.example:3128.`,
    );
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
