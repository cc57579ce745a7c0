import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry, type ZipFile } from 'yauzl';
import { UserError } from '../../core/errors.ts';
import type { FileSource } from '../raster/file-source.ts';
import { invalidCheckpoint, printable, saveWeightsAlone } from './problems.ts';

/** Far above any checkpoint, which has one entry a tensor. */
const entryLimit = 50_000;
/** Bytes that are read at once where the directory asks for some. */
const readAhead = 2 ** 16;

/** The directory of a ZIP archive whose entries lie in it as they are, not packed. */
export interface Archive {
  /** Lengths of files by name, with `/`. */
  readonly lengths: ReadonlyMap<string, number>;
  /** The first byte of a file's content. */
  locate(name: string): Promise<number>;
}

/**
 * Reads an archive's directory. PyTorch packs nothing, so that its files can be mapped into memory; what
 * is packed is refused, and nothing grows while it is read. The checksums are not compared: PyTorch can be told to
 * write none.
 *
 * @throws UserError 'invalid-file' where it is damaged, names a file twice or has files within one another,
 *   'unsupported' where it is packed or encrypted, 'too-large', 'disk'
 */
export async function readArchive(source: FileSource): Promise<Archive> {
  const { path } = source;
  // Never closed: it holds nothing but the source, which is the caller's.
  const zip = await fromRandomAccessReaderPromise(new SourceReader(source), source.size, {
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
      if (entry === undefined) throw invalidCheckpoint(path, `it has no ${printable(name)}`);
      return contentStart(zip, entry, ends.get(entry) ?? 0, path);
    },
  };
}

async function readEntries(zip: ZipFile, path: string): Promise<Map<string, Entry>> {
  if (zip.entryCount > entryLimit) {
    throw new UserError(
      'too-large',
      `${path} holds ${zip.entryCount} files, more than any known checkpoint. Save the model's state_dict in a file of its own.`,
    );
  }
  const entries = new Map<string, Entry>();
  try {
    // The library refuses names that lead out of the archive.
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName;
      if (entries.has(name)) throw invalidCheckpoint(path, `it has ${printable(name)} twice`);
      entries.set(name, entry);
    }
  } catch (error) {
    throw damaged(path, error);
  }
  return entries;
}

/** Where each entry must end at the latest: where the next one begins. */
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
  const name = `${printable(entry.fileName)} in ${path}`;
  if (entry.isEncrypted() || entry.compressionMethod !== 0) {
    const how = entry.isEncrypted() ? 'encrypted' : 'compressed';
    throw new UserError(
      'unsupported',
      `${name} is ${how}, which PyTorch does not do. ${saveWeightsAlone}`,
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
  const name = printable(entry.fileName);
  throw invalidCheckpoint(path, `its part ${name} overlaps another or the end`);
}

/** What to throw for an error of the library's: only what is a sentence already passes. */
function damaged(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  const details = error instanceof Error ? error.message : String(error);
  return invalidCheckpoint(path, `its ZIP archive is damaged (${printable(details)})`);
}

/** Gives the library bytes of an open file; its own reader would take places beyond 2^53 to the system. */
class SourceReader extends RandomAccessReader {
  readonly #source: FileSource;
  #window: { readonly start: number; readonly bytes: Uint8Array } = {
    start: 0,
    bytes: new Uint8Array(),
  };

  constructor(source: FileSource) {
    super();
    this.#source = source;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    this.#bytes(position, length).then(
      (bytes) => {
        buffer.set(bytes, offset);
        callback(null);
      },
      (error: unknown) => {
        callback(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }

  async #bytes(position: number, length: number): Promise<Uint8Array> {
    const { size } = this.#source;
    if (!(position + length <= size)) throw new Error('unexpected end');
    const { start, bytes } = this.#window;
    if (position < start || position + length > start + bytes.length) {
      const wanted = Math.min(Math.max(length, readAhead), size - position);
      this.#window = { start: position, bytes: await this.#source.read(position, wanted) };
    }
    const from = position - this.#window.start;
    return this.#window.bytes.subarray(from, from + length);
  }
}
