import { z } from 'zod';
import { loginKind, loginState } from './logins.ts';

/** Teachers that can be downloaded by the app or by the user: facts about each, and where its files are. */

export const cardDomain = z.enum(['general', 'medical', 'satellite']);
export type CardDomain = z.infer<typeof cardDomain>;

/** Id of a card, also used as a folder name. */
export const cardId = z.string().regex(/^[a-z0-9][a-z0-9-]{1,63}$/);

/** Start of the addresses of all files; a mirror's address replaces it. */
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
 * States whether commercial products may use the teacher. `ask`: the licence is unknown, or its authors request
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
    /** End of a sentence that begins with "suits". */
    suits: sentence,
    /** Web page about the teacher. */
    page: z.url({ protocol: /^https$/ }),
    /**
     * Files of the card: the first has the weights; the others configure them and are in the same folder.
     */
    files: z.array(cardFile).min(1).max(5),
    /** Licence of the weights; null if the source states none. */
    licence: z.string().min(1).max(60).nullable(),
    commercial: commercialUse,
    /** Sentence fragment that follows the answer in `commercial`. */
    why: sentence,
    /**
     * True if files are available only to account holders who agreed to terms; the user must download them.
     */
    isGated: z.boolean(),
    patchSize: z.int().positive(),
    imageSize: z.int().positive(),
    bands: z.int().positive(),
    width: z.int().positive(),
    blocks: z.int().positive(),
    /** Approximate number of parameters of the encoder. */
    parameters: z.int().positive(),
    /** Null if the source does not state it. */
    training: sentence.nullable(),
  })
  .refine(({ files }) => new Set(files.map(({ name }) => name)).size === files.length);
export type Card = z.infer<typeof card>;

/**
 * Download settings of the workspace; null uses those of the environment (`HF_ENDPOINT`, `HTTPS_PROXY`), if set.
 */
export const downloadSettings = z.strictObject({
  mirror: z.string().max(2000).nullable(),
  proxy: z.string().max(2000).nullable(),
  /**
   * True if the user allows an unencrypted mirror, whose files anybody on the network path could change.
   */
  plainHttp: z.boolean().default(false),
});
export type DownloadSettings = z.infer<typeof downloadSettings>;

/**
 * Returns true if an address is encrypted or on this computer, so that nobody on the network path can change its
 * data.
 *
 * @param address a web address
 */
export function isSafeFromOthers(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  const isHere = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
  return protocol === 'https:' || isHere;
}

/**
 * Download settings as the workspace stores them: addresses without names and passwords, and which of them need
 * credentials.
 */
export const storedDownloads = downloadSettings.extend({ logins: z.array(loginKind).optional() });
export type StoredDownloads = z.infer<typeof storedDownloads>;

/** Download settings as the app shows them. */
export const shownDownloads = downloadSettings.extend({
  logins: z.strictObject({ mirror: loginState, proxy: loginState }),
});
export type ShownDownloads = z.infer<typeof shownDownloads>;

/**
 * State of a card; `here`: all its files are on this computer, whether or not it was added as a teacher.
 */
const cardState = z.enum(['by-hand', 'absent', 'fetching', 'here']);

export const catalogueEntry = z.strictObject({
  card,
  state: cardState,
  /** Bytes received of an incomplete download. */
  part: z.int().nonnegative(),
  /** The teacher that was added from its weights. */
  teacher: z.int().positive().nullable(),
  /** Path of the downloaded weights. */
  file: z.string().nullable(),
  /** True if the download has the SHA-256 that the catalogue pins; null if nothing was downloaded. */
  isVerified: z.boolean().nullable(),
  /**
   * SHA-256 of the downloaded weights, to compare with another computer's; null if nothing was downloaded.
   */
  sha256: z.string().nullable(),
});
export type CatalogueEntry = z.infer<typeof catalogueEntry>;

export const fetchRequest = z.strictObject({
  card: cardId,
  out: z.string().min(1).max(4096),
  mirror: z.string().max(2000).optional(),
  proxy: z.string().max(2000).optional(),
  /** Whether an unencrypted mirror is allowed. */
  plainHttp: z.boolean().optional(),
  /** SHA-256 of the weights from a source the user trusts, if the catalogue has none. */
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
  /** Path of the weights. */
  file: z.string(),
  files: z.array(
    z.strictObject({
      name: z.string(),
      bytes: z.int().nonnegative(),
      sha256: z.string(),
      /**
       * Result of comparing with the SHA-256 pinned by the catalogue or the user; a hash that the server itself sends
       * is not trusted.
       */
      isVerified: z.boolean(),
    }),
  ),
});
export type FetchSummary = z.infer<typeof fetchSummary>;
