import { readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { writeFailure } from '../../formats/files/file-errors.ts';
import { parseJson } from '../../formats/files/json.ts';
import { writeFileAtomically } from '../../formats/files/write-file.ts';

/**
 * Partial download, stored next to its final file, with a second file that names the server's version of the content,
 * so that parts of two different files are never joined.
 */

const notes = z.strictObject({
  /** Address without its password. */
  url: z.string(),
  etag: z.string().nullable(),
  changed: z.string().nullable().default(null),
});

/** A server's identifiers for one version of a file. */
export interface ContentName {
  /** Null if the download cannot be resumed. */
  readonly etag: string | null;
  /** Last-Modified header as the server wrote it. */
  readonly changed: string | null;
}

export interface PartialDownload extends ContentName {
  /** Bytes received so far. */
  readonly bytes: number;
}

/** Empty partial download. */
export const noPart: PartialDownload = { bytes: 0, etag: null, changed: null };

/** Returns the path of the partial download. */
export function partPath(file: string): string {
  return `${file}.download`;
}

function notesPath(file: string): string {
  return `${partPath(file)}.json`;
}

/** Reads the state of a partial download from this address. */
export async function openPart(file: string, url: string): Promise<PartialDownload> {
  const { name, bytes } = await readPart(file);
  if (name?.url !== url || name.etag === null) return noPart;
  return { bytes, etag: name.etag, changed: name.changed };
}

/** Bytes that the next download resumes from if it uses the same address. */
export async function resumableBytes(file: string): Promise<number> {
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

/** Records the server's identifiers for the content being received. */
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

/**
 * Deletes a partial download.
 *
 * @throws UserError 'disk'
 */
export async function forgetPart(file: string): Promise<void> {
  for (const path of [partPath(file), notesPath(file)]) {
    await rm(path, { force: true }).catch((error: unknown) => {
      throw writeFailure(error, path);
    });
  }
}

/** Distinguishes failures of the disk from those of the network, whose errors look alike. */
export async function onDisk<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw writeFailure(error, file);
  }
}
