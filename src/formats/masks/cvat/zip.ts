import { fromRandomAccessReaderPromise, type Entry, type ZipFile } from 'yauzl';
import { UserError } from '../../../core/errors.ts';
import { FileSource } from '../../raster/file-source.ts';
import { ZipSource } from '../../files/zip-source.ts';
import { cvatText, labelArchiveText } from '../../../text/index.ts';

/** Limits of an archive. Its files are never written to disk, and only one file at a time is in memory. */
export interface ZipLimits {
  readonly entries: number;
  /** Unpacked bytes of an entry. */
  readonly bytes: number;
}

const defaultLimits: ZipLimits = { entries: 200_000, bytes: 2 ** 28 };

/** An open archive. */
export interface Zip {
  /** Files by name, with `/`. */
  readonly names: readonly string[];
  /**
   * Returns the content of a file.
   *
   * @throws UserError 'unsupported' if it is encrypted or compressed in an unusual way, 'too-large',
   * 'invalid-file' if it is damaged or its length differs from the one stated
   */
  read(name: string): Promise<Buffer>;
  close(): Promise<void>;
}

/**
 * Opens an archive by its directory.
 *
 * @throws UserError 'invalid-file' if it is damaged or names files outside itself, 'too-large',
 * 'not-found', 'disk'
 */
export async function openZip(path: string, limits: ZipLimits = defaultLimits): Promise<Zip> {
  const source = await FileSource.open(path);
  try {
    const options = { lazyEntries: true, autoClose: false };
    const zip = await fromRandomAccessReaderPromise(
      new ZipSource(source),
      source.size,
      options,
    ).catch((error: unknown) => {
      throw damaged(path, error);
    });
    const entries = await entriesOf(zip, path, limits);
    return {
      names: [...entries.keys()],
      read: async (name) => readEntry(zip, requireEntry(entries, name, path), path, limits),
      close: () => source.close(),
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

async function entriesOf(
  zip: ZipFile,
  path: string,
  limits: ZipLimits,
): Promise<Map<string, Entry>> {
  if (zip.entryCount > limits.entries) {
    throw new UserError(
      'too-large',
      labelArchiveText.tooManyFiles(path, zip.entryCount, limits.entries),
    );
  }
  const entries = new Map<string, Entry>();
  try {
    // The library refuses names that lead out of the archive.
    for await (const entry of zip.eachEntry()) {
      if (!entry.fileName.endsWith('/')) entries.set(entry.fileName, entry);
    }
  } catch (error) {
    throw damaged(path, error);
  }
  return entries;
}

function requireEntry(entries: ReadonlyMap<string, Entry>, name: string, path: string): Entry {
  const entry = entries.get(name);
  if (entry) return entry;
  throw new UserError('invalid-file', labelArchiveText.fileMissing(path, name));
}

async function readEntry(
  zip: ZipFile,
  entry: Entry,
  path: string,
  limits: ZipLimits,
): Promise<Buffer> {
  const { fileName, uncompressedSize } = entry;
  const name = cvatText.entry(fileName, path);
  if (entry.isEncrypted()) {
    throw new UserError('unsupported', labelArchiveText.encrypted(name));
  }
  if (uncompressedSize > limits.bytes) {
    throw new UserError(
      'too-large',
      labelArchiveText.tooLarge(name, uncompressedSize, limits.bytes),
    );
  }
  if (!entry.canDecodeFileData()) {
    throw new UserError('unsupported', labelArchiveText.otherCompression(name));
  }
  try {
    const stream = await zip.openReadStreamPromise(entry);
    const parts: Buffer[] = [];
    // Fails as soon as more bytes arrive than the directory states.
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts);
  } catch (error) {
    throw damaged(name, error);
  }
}

function damaged(path: string, error: unknown): UserError {
  const details = error instanceof Error ? error.message : String(error);
  return new UserError('invalid-file', labelArchiveText.notZip(path, details));
}
