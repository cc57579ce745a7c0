import { z } from 'zod';
import { loginKind, loginState } from './logins.ts';

/** Teachers that can be fetched or brought by hand: what is known of each, and how to get at its files. */

export const cardDomain = z.enum(['general', 'medical', 'satellite']);
export type CardDomain = z.infer<typeof cardDomain>;

/** Also the name of a folder. */
export const cardId = z.string().regex(/^[a-z0-9][a-z0-9-]{1,63}$/);

/** Start of the addresses of all files; a mirror replaces it. */
export const cardOrigin = 'https://huggingface.co';

/** SHA-256 in hexadecimal; for some files only the first digits are known. */
const knownHash = z.string().regex(/^[0-9a-f]{8,64}$/);

const cardFile = z.strictObject({
  name: z.string().regex(/^[\w-][\w.-]{0,199}$/),
  url: z
    .string()
    .regex(/^https:\/\/huggingface\.co\/[\w.-]+\/[\w.-]+\/resolve\/(main|[0-9a-f]{40})\/[\w.-]+$/),
  /**
   * Size in bytes as the source lists it, sometimes to three digits only; checks a download for which no hash is
   * known.
   */
  bytes: z.int().positive().nullable(),
  /** SHA-256 as published by the source; null if it publishes none. */
  sha256: knownHash.nullable(),
});
export type CardFile = z.infer<typeof cardFile>;

/**
 * Tells whether commercial products may use the teacher. `ask`: the licence is unknown, or its authors wish for
 * something else.
 */
const commercialUse = z.enum(['yes', 'no', 'ask']);
export type CommercialUse = z.infer<typeof commercialUse>;

const sentence = z.string().min(1).max(300);

export const card = z
  .strictObject({
    id: cardId,
    name: z.string().min(1).max(60),
    domain: cardDomain,
    /** Goes on after "suits". */
    suits: sentence,
    /** Web page of the teacher, for people. */
    page: z.url({ protocol: /^https$/ }),
    /** The first holds the weights; the others say how they are meant, and lie beside it. */
    files: z.array(cardFile).min(1).max(5),
    /** Null where its source was not found to name one. */
    licence: z.string().min(1).max(60).nullable(),
    commercial: commercialUse,
    /** Half a sentence, after the answer. */
    why: sentence,
    /** True if files are given only to account holders who agreed to terms; a person must download them. */
    isGated: z.boolean(),
    patchSize: z.int().positive(),
    imageSize: z.int().positive(),
    bands: z.int().positive(),
    width: z.int().positive(),
    blocks: z.int().positive(),
    /** Approximate number of parameters of the encoder. */
    parameters: z.int().positive(),
    /** Null where its source was not found to say it. */
    training: sentence.nullable(),
  })
  .refine(({ files }) => new Set(files.map(({ name }) => name)).size === files.length);
export type Card = z.infer<typeof card>;

/** Download settings of the workspace; null uses the environment's (`HF_ENDPOINT`, `HTTPS_PROXY`), if it has any. */
export const downloadSettings = z.strictObject({
  mirror: z.string().max(2000).nullable(),
  proxy: z.string().max(2000).nullable(),
  /** True if a person insists on an unencrypted mirror, whose files anybody on the way can change. */
  plainHttp: z.boolean().default(false),
});
export type DownloadSettings = z.infer<typeof downloadSettings>;

/**
 * Returns true if an address is encrypted or on this computer, so that nobody on the way can change what it sends.
 *
 * @param address of the web
 */
export function isSafeFromOthers(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  const isHere = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return protocol === 'https:' || isHere;
}

/**
 * Download settings as the workspace stores them: addresses without names and passwords, and which of them need
 * those.
 */
export const storedDownloads = downloadSettings.extend({ logins: z.array(loginKind).optional() });
export type StoredDownloads = z.infer<typeof storedDownloads>;

/** Download settings as the window shows them. */
export const shownDownloads = downloadSettings.extend({
  logins: z.strictObject({ mirror: loginState, proxy: loginState }),
});
export type ShownDownloads = z.infer<typeof shownDownloads>;

/** State of a card; `here`: all its files are on this computer, whether or not it was made a teacher. */
const cardState = z.enum(['by-hand', 'absent', 'fetching', 'here']);

export const catalogueEntry = z.strictObject({
  card,
  state: cardState,
  /** Bytes that have come of a download which is not whole. */
  part: z.int().nonnegative(),
  /** The teacher that its weights are. */
  teacher: z.int().positive().nullable(),
  /** Path of the weights once they are here. */
  file: z.string().nullable(),
  /** True if the download has the SHA-256 that the catalogue pins; null if nothing was downloaded. */
  isVerified: z.boolean().nullable(),
  /** SHA-256 of the weights that were fetched, to compare with another computer's; null where nothing was fetched. */
  sha256: z.string().nullable(),
});
export type CatalogueEntry = z.infer<typeof catalogueEntry>;

export const fetchRequest = z.strictObject({
  card: cardId,
  out: z.string().min(1).max(4096),
  mirror: z.string().max(2000).optional(),
  proxy: z.string().max(2000).optional(),
  /** Allows a mirror without encryption. */
  plainHttp: z.boolean().optional(),
  /** SHA-256 of the weights from somebody who knows it, where the catalogue has none. */
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/)
    .describe('64 digits in hexadecimal')
    .optional(),
});
export type FetchRequest = z.infer<typeof fetchRequest>;

/** @public The form of what `--json` prints. */
export const fetchSummary = z.strictObject({
  card: cardId,
  folder: z.string(),
  /** The weights. */
  file: z.string(),
  files: z.array(
    z.strictObject({
      name: z.string(),
      bytes: z.int().nonnegative(),
      sha256: z.string(),
      /** Compared with a SHA-256 that the catalogue or a person pins; what a server says of itself counts for nothing. */
      isVerified: z.boolean(),
    }),
  ),
});
export type FetchSummary = z.infer<typeof fetchSummary>;
