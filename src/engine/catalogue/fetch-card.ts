import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Card, CardFile, FetchSummary } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { hashOfFile } from '../../formats/file-hash.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { holdFolder } from '../output-folder.ts';
import { requireUsable } from './card-fit.ts';
import { keptBytes } from './download-part.ts';
import { downloadFile, usualPatience } from './download.ts';
import type { DownloadPatience } from './download.ts';
import { addressAt } from './places.ts';
import type { DownloadPlace } from './places.ts';

export interface FetchContext {
  readonly signal: AbortSignal;
  /** Whether the folder is the program's own: what is wrong in it is fetched anew, and else refused. */
  readonly isOwn: boolean;
  /** Told of every part of a file that came. @param total null while nobody has said it */
  report(file: CardFile, done: number, total: number | null): void;
  /** Looks into what came, as `requireUsable` does here; the engine does it in a thread. */
  readonly requireUsable?: typeof requireUsable;
}

/**
 * Fetches the files of a card into a folder, one after the other; those that are there already stay. The small ones come
 * first: what is wrong with the way there shows before the large one. What came is looked into before it is kept.
 *
 * @throws UserError 'unsupported' for a card whose files are brought by hand, 'invalid-file' where one that is there is
 * another, 'in-use' where something else is written there, and as `downloadFile`
 */
export async function fetchCard(
  card: Card,
  folder: string,
  place: DownloadPlace,
  context: FetchContext,
  patience: DownloadPatience = usualPatience,
): Promise<FetchSummary> {
  requireOpen(card);
  await makeFolder(folder);
  const letGo = holdFolder(
    folder,
    `Something is fetched or written into ${folder} already. Wait for it, or choose another folder.`,
  );
  try {
    const files: FetchSummary['files'] = [];
    for (const file of card.files.toReversed()) {
      files.unshift(await fetchFile(card, file, folder, place, context, patience));
    }
    return { card: card.id, folder, file: weightsPath(card, folder), files };
  } finally {
    letGo();
  }
}

async function fetchFile(
  card: Card,
  file: CardFile,
  folder: string,
  place: DownloadPlace,
  context: FetchContext,
  patience: DownloadPatience,
): Promise<FetchSummary['files'][number]> {
  const { name, sha256, bytes: listed } = file;
  const path = join(folder, name);
  const { requireUsable: look = requireUsable } = context;
  const check = (at: string): Promise<void> => look(card, name, at);
  const known = await whatIsThere(path, file, check).catch((error: unknown) => {
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
    patience,
  );
  return { name, ...got };
}

/** Where the weights of a card lie in a folder of its own. */
export function weightsPath({ files: [weights] }: Card, folder: string): string {
  return join(folder, weights?.name ?? '');
}

/** Whether all files of a card are in a folder, and the bytes that have come of those that are not whole. */
export async function cardInFolder(
  { files }: Card,
  folder: string,
): Promise<{ readonly isWhole: boolean; readonly part: number }> {
  let isWhole = true;
  let part = 0;
  for (const { name } of files) {
    if ((await sizeOf(join(folder, name))) !== undefined) continue;
    isWhole = false;
    part += await keptBytes(join(folder, name));
  }
  return { isWhole, part };
}

function requireOpen({ isGated, name, page, files }: Card): void {
  if (!isGated) return;
  throw new UserError(
    'unsupported',
    `${name} is given only to those who have an account and agreed to its terms, so it is brought by hand: open ${page}, agree, download ${files.map((file) => file.name).join(', ')} into one folder, and choose the first from there.`,
  );
}

/** A file that came before; undefined for none. */
async function whatIsThere(
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
      `${path} is there already and is another file: its SHA-256 begins with ${found.slice(0, 8)} where ${sha256.slice(0, 8)} was expected. Move it away, or choose another folder.`,
    );
  }
  await check(path).catch((error: unknown) => {
    if (!(error instanceof UserError) || error.code === 'disk') throw error;
    throw new UserError(
      'invalid-file',
      `${path} is there already and will not do: ${error.message} Move it away, or choose another folder.`,
      error.details,
    );
  });
  return { name, bytes, sha256: found, isVerified: sha256?.length === found.length };
}

async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() === true ? found.size : undefined;
}
