import { readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { parseJson } from '../../formats/json.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';

/*
 * What has come of a download that is not whole, beside the file that it is to become, and in a second file what the server
 * called it, so that no two files are joined.
 */

const notes = z.strictObject({ url: z.string(), etag: z.string().nullable() });

export interface Part {
  /** That have come. */
  readonly bytes: number;
  /** The server's name for this content; null where nothing can go on. */
  readonly etag: string | null;
}

/** Where the bytes lie. */
export function partPath(file: string): string {
  return `${file}.download`;
}

function notesPath(file: string): string {
  return `${partPath(file)}.json`;
}

/** How much there is of a download from this address. */
export async function openPart(file: string, url: string): Promise<Part> {
  const none = { bytes: 0, etag: null };
  const size = (await stat(partPath(file)).catch(() => undefined))?.size ?? 0;
  const text = await readFile(notesPath(file), 'utf8').catch(() => '');
  const { data } = notes.safeParse(parseJson(text));
  if (data?.url !== url || data.etag === null) return none;
  return { bytes: size, etag: data.etag };
}

/** Notes what the server calls the content that comes. */
export async function notePart(
  file: string,
  { url, etag }: { readonly url: string; readonly etag: string | null },
): Promise<void> {
  await writeFileAtomically(
    notesPath(file),
    new TextEncoder().encode(`${JSON.stringify({ url, etag })}\n`),
  );
}

export async function forgetPart(file: string): Promise<void> {
  await rm(partPath(file), { force: true });
  await rm(notesPath(file), { force: true });
}
