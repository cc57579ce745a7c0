import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Card, CardFile, FetchSummary } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { hashOfFile } from '../../formats/files/file-hash.ts';
import { makeFolder } from '../../formats/files/make-folder.ts';
import { catalogueText, downloadText } from '../../text/index.ts';
import { holdFolder } from '../files/output-folder.ts';
import { requireUsable } from './card-fit.ts';
import { resumableBytes } from './download-part.ts';
import { downloadFile, defaultDownloadLimits } from './download.ts';
import type { DownloadLimits } from './download.ts';
import { addressAt } from './download-route.ts';
import type { DownloadRoute } from './download-route.ts';

export interface FetchContext {
  readonly signal: AbortSignal;
  /**
   * True if the folder belongs to the program: wrong files in it are downloaded again, otherwise refused.
   */
  readonly isOwn: boolean;
  /**
   * Called for every received part of a file.
   *
   * @param total null while unknown
   */
  report(file: CardFile, done: number, total: number | null): void;
  /** Checks a downloaded file; `requireUsable` by default. The engine runs it in a thread. */
  readonly requireUsable?: typeof requireUsable;
}

/**
 * Downloads the files of a card into a folder, one after the other; files that are already there stay. The small ones
 * come first, so that network problems show before the large one. Each is checked before it is kept.
 *
 * @throws UserError 'unsupported' for a card whose files have to be downloaded by hand, 'invalid-file' if an existing
 * file is another one, 'in-use' if something else writes there, and the errors of `downloadFile`
 */
export async function fetchCard(
  card: Card,
  folder: string,
  place: DownloadRoute,
  context: FetchContext,
  limits: DownloadLimits = defaultDownloadLimits,
): Promise<FetchSummary> {
  requireOpen(card);
  await makeFolder(folder);
  const unlock = holdFolder(folder, downloadText.folderInUse(folder));
  try {
    const files: FetchSummary['files'] = [];
    for (const file of card.files.toReversed()) {
      files.unshift(await fetchFile(file, { card, folder, place, context, limits }));
    }
    return { card: card.id, folder, file: weightsPath(card, folder), files };
  } finally {
    unlock();
  }
}

interface CardDownload {
  readonly card: Card;
  readonly folder: string;
  readonly place: DownloadRoute;
  readonly context: FetchContext;
  readonly limits: DownloadLimits;
}

async function fetchFile(
  file: CardFile,
  { card, folder, place, context, limits }: CardDownload,
): Promise<FetchSummary['files'][number]> {
  const { name, sha256, bytes: listed } = file;
  const path = join(folder, name);
  const { requireUsable: look = requireUsable } = context;
  const check = (at: string): Promise<void> => look(card, name, at);
  const known = await existingFile(path, file, check).catch((error: unknown) => {
    if (context.isOwn && error instanceof UserError && error.code !== 'disk') return undefined;
    throw error;
  });
  if (known !== undefined) return known;
  const url = addressAt(file.url, place);
  const got = await downloadFile(
    { url, file: path, sha256, listed, proxy: place.proxy, plainHttp: place.plainHttp, check },
    {
      signal: context.signal,
      report: (done, total) => {
        context.report(file, done, total);
      },
    },
    limits,
  );
  return { name, ...got };
}

/** Returns the path of a card's weights in its folder. */
export function weightsPath({ files: [weights] }: Card, folder: string): string {
  return join(folder, weights?.name ?? '');
}

/**
 * Returns the download state of a card: whether all its files are complete, and the bytes of incomplete ones.
 */
export async function cardInFolder(
  { files }: Card,
  folder: string,
): Promise<{ readonly isWhole: boolean; readonly part: number }> {
  let isWhole = true;
  let part = 0;
  for (const { name } of files) {
    if ((await sizeOf(join(folder, name))) !== undefined) continue;
    isWhole = false;
    part += await resumableBytes(join(folder, name));
  }
  return { isWhole, part };
}

function requireOpen({ isGated, name, page, files }: Card): void {
  if (!isGated) return;
  throw new UserError(
    'unsupported',
    catalogueText.gated({ name, page, files: files.map((file) => file.name) }),
  );
}

/** Checks and describes a file that is already there; undefined if there is none. */
async function existingFile(
  path: string,
  { name, sha256 }: CardFile,
  check: (path: string) => Promise<void>,
): Promise<FetchSummary['files'][number] | undefined> {
  const bytes = await sizeOf(path);
  if (bytes === undefined) return undefined;
  const found = (await hashOfFile(path)).toString('hex');
  if (sha256 !== null && !found.startsWith(sha256)) {
    throw new UserError(
      'invalid-file',
      catalogueText.otherFileExists(path, {
        found: found.slice(0, 8),
        expected: sha256.slice(0, 8),
      }),
    );
  }
  await check(path).catch((error: unknown) => {
    if (!(error instanceof UserError) || error.code === 'disk') throw error;
    throw new UserError(
      'invalid-file',
      catalogueText.unusableFileExists(path, error.message),
      error.details,
    );
  });
  return { name, bytes, sha256: found, isVerified: sha256?.length === found.length };
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : undefined;
}
