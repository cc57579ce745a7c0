import { readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { writeFailure } from '../../formats/file-errors.ts';
import { parseJson } from '../../formats/json.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';

/*
 * What has come of a download that is not whole, beside the file that it is to become, and in a second file what the server
 * called it, so that no two files are joined.
 */

const notes = z.strictObject({
  /** Without a password. */
  url: z.string(),
  etag: z.string().nullable(),
  changed: z.string().nullable().default(null),
});

/** What a server calls a content. */
export interface ContentName {
  /** Null where nothing can go on. */
  readonly etag: string | null;
  /** When it was changed last, as the server writes it. */
  readonly changed: string | null;
}

export interface Part extends ContentName {
  /** That have come. */
  readonly bytes: number;
}

/** Nothing yet. */
export const noPart: Part = { bytes: 0, etag: null, changed: null };

/** Where the bytes lie. */
export function partPath(file: string): string {
  return `${file}.download`;
}

function notesPath(file: string): string {
  return `${partPath(file)}.json`;
}

/** How much there is of a download from this address. */
export async function openPart(file: string, url: string): Promise<Part> {
  const { name, bytes } = await readPart(file);
  if (name?.url !== url || name.etag === null) return noPart;
  return { bytes, etag: name.etag, changed: name.changed };
}

/** Bytes that the next download goes on from, where it asks at the same address. */
export async function keptBytes(file: string): Promise<number> {
  const { name, bytes } = await readPart(file);
  return (name?.etag ?? null) === null ? 0 : bytes;
}

async function readPart(
  file: string,
): Promise<{ readonly name: z.infer<typeof notes> | undefined; readonly bytes: number }> {
  const found = await stat(partPath(file)).catch(() => undefined);
  const text = await readFile(notesPath(file), 'utf8').catch(() => '');
  const bytes = found?.isFile() === true ? found.size : 0;
  return { name: notes.safeParse(parseJson(text)).data, bytes };
}

/** Notes what the server calls the content that comes. */
export async function notePart(
  file: string,
  url: string,
  { etag, changed }: ContentName,
): Promise<void> {
  await writeFileAtomically(
    notesPath(file),
    new TextEncoder().encode(`${JSON.stringify({ url, etag, changed })}\n`),
  );
}

/** @throws UserError 'disk' */
export async function forgetPart(file: string): Promise<void> {
  for (const path of [partPath(file), notesPath(file)]) {
    await rm(path, { force: true }).catch((error: unknown) => {
      throw writeFailure(error, path);
    });
  }
}

/** Tells failures of the disk from those of the network, whose errors look alike. */
export async function onDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writeFailure(error, file);
  }
}
