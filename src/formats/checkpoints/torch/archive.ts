import { fromRandomAccessReaderPromise, type Entry, type ZipFile } from 'yauzl';
import { UserError } from '../../../core/errors.ts';
import type { FileSource } from '../../raster/file-source.ts';
import { ZipSource } from '../../files/zip-source.ts';
import { invalidCheckpoint, printableName } from '../problems.ts';
import { pytorchText } from '../../../text/index.ts';

/** Maximum number of entries; far above any checkpoint, which has one entry per tensor. */
const entryLimit = 50_000;

/** ZIP directory whose entries are stored without compression. */
export interface Archive {
  /** Lengths of files by name, with `/`. */
  readonly lengths: ReadonlyMap<string, number>;
  /** Returns the offset of a file's first byte. */
  locate(name: string): Promise<number>;
}

/**
 * Reads an archive's directory. PyTorch does not compress, so that files can be memory-mapped; compressed entries are
 * refused, so no data are inflated in reading. Checksums are not compared, because PyTorch can be set to write none.
 *
 * @throws UserError 'invalid-file' if it is damaged, names a file twice or has overlapping files, 'unsupported' if it
 *   is compressed or encrypted, 'too-large', 'disk'
 */
export async function readArchive(source: FileSource): Promise<Archive> {
  const { path } = source;
  // Never closed: its only resource is the source, which belongs to the caller.
  const zip = await fromRandomAccessReaderPromise(new ZipSource(source), source.size, {
    lazyEntries: true,
    autoClose: false,
  }).catch((error: unknown) => {
    throw damaged(path, error);
  });
  const entries = await readEntries(zip, path);
  const ends = endsOf(entries, path, source.size);
  const lengths = new Map([...entries].map(([name, entry]) => [name, entry.uncompressedSize]));
  return {
    lengths,
    locate: async (name) => {
      const entry = entries.get(name);
      if (entry === undefined)
        throw invalidCheckpoint(path, pytorchText.entryMissing(printableName(name)));
      return contentStart(zip, entry, ends.get(entry) ?? 0, path);
    },
  };
}

async function readEntries(zip: ZipFile, path: string): Promise<Map<string, Entry>> {
  if (zip.entryCount > entryLimit) {
    throw new UserError('too-large', pytorchText.tooManyFiles(path, zip.entryCount));
  }
  const entries = new Map<string, Entry>();
  try {
    // The library refuses names that lead out of the archive.
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (entries.has(name))
        throw invalidCheckpoint(path, pytorchText.entryRepeated(printableName(name)));
      entries.set(name, entry);
    }
  } catch (error) {
    throw damaged(path, error);
  }
  return entries;
}

/** Returns the maximum end of each entry: the beginning of the next one. */
function endsOf(
  entries: ReadonlyMap<string, Entry>,
  path: string,
  size: number,
): ReadonlyMap<Entry, number> {
  const inOrder = [...entries.values()].sort(
    (a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader,
  );
  const ends = new Map<Entry, number>();
  for (const [i, entry] of inOrder.entries()) {
    const end = inOrder[i + 1]?.relativeOffsetOfLocalHeader ?? size;
    requireRoom(entry, entry.relativeOffsetOfLocalHeader, end, path);
    ends.set(entry, end);
  }
  return ends;
}

async function contentStart(
  zip: ZipFile,
  entry: Entry,
  end: number,
  path: string,
): Promise<number> {
  if (entry.isEncrypted() || entry.compressionMethod !== 0) {
    const name = printableName(entry.fileName);
    throw new UserError(
      'unsupported',
      entry.isEncrypted() ? pytorchText.encrypted(path, name) : pytorchText.compressed(path, name),
    );
  }
  try {
    const { fileDataStart } = await zip.readLocalFileHeaderPromise(entry, { minimal: true });
    requireRoom(entry, fileDataStart, end, path);
    return fileDataStart;
  } catch (error) {
    throw damaged(path, error);
  }
}

function requireRoom(entry: Entry, start: number, end: number, path: string): void {
  if (start + entry.compressedSize <= end) return;
  const name = printableName(entry.fileName);
  throw invalidCheckpoint(path, pytorchText.entryOverlaps(name));
}

/** Returns the error to throw for an error of the library; only a UserError passes unchanged. */
function damaged(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const details = error instanceof Error ? error.message : String(error);
  return invalidCheckpoint(path, pytorchText.archiveDamaged(printableName(details)));
}
