import { UserError } from '../../core/errors.ts';
import { fileText, imageText } from '../../text/index.ts';
import { readFailure } from '../files/file-errors.ts';
import { openForReading, type OpenedFile } from './open-file.ts';
import { closedFile } from './read-request.ts';

/** Random-access bytes. */
export interface Bytes {
  /**
   * Returns exactly `length` bytes from `start`, in a buffer of their own.
   *
   * @throws UserError 'invalid-file' if the bytes end before, 'disk', 'cancelled'
   */
  read(start: number, length: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
}

/** Bytes of a known number. */
export interface SizedBytes extends Bytes {
  readonly size: number;
}

/** Bytes from a resource that must be closed. */
export interface ByteSource extends Bytes {
  close(): Promise<void>;
}

/** A file that is open for reading, of known size. */
export class FileSource implements ByteSource, SizedBytes {
  readonly path: string;
  readonly size: number;
  /** Time of the last change when it was opened, in milliseconds since 1970. */
  readonly modified: number;
  readonly #file: OpenedFile;
  #isClosed = false;
  #whole: Promise<Uint8Array<ArrayBuffer>> | undefined;

  private constructor(path: string, file: OpenedFile) {
    this.path = path;
    this.size = file.status.size;
    this.modified = Math.round(file.status.mtimeMs);
    this.#file = file;
  }

  /** @throws UserError 'not-found', 'disk', 'invalid-file' for a folder or anything else that is not a file */
  static async open(path: string, openFile = openForReading): Promise<FileSource> {
    try {
      const file = await openFile(path);
      if (file.status.isFile()) return new FileSource(path, file);
      await file.close();
    } catch (error) {
      throw readFailure(error, path);
    }
    throw new UserError('invalid-file', fileText.notAFile(path));
  }

  async read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#whole === undefined) return this.#fill(new Uint8Array(length), start);
    const whole = await this.#whole;
    if (this.#isClosed) throw closedFile(this.path);
    if (start + length > whole.length) throw endedEarly(this.path);
    return whole.slice(start, start + length);
  }

  /**
   * Reads the whole file, for callers that also read parts of it: parts then come from this memory, which is held until
   * the file is closed. It must not be written to.
   *
   * @param memory used if the file fits; the caller must not use it again before the file is closed
   */
  whole(memory?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const target = memory && memory.length >= this.size ? memory : new Uint8Array(this.size);
    this.#whole ??= this.#fill(target.subarray(0, this.size), 0);
    return this.#whole;
  }

  async #fill(target: Uint8Array<ArrayBuffer>, start: number): Promise<Uint8Array<ArrayBuffer>> {
    const { length } = target;
    // Less than the 2 GiB that one system call can read.
    const step = 2 ** 30;
    for (let done = 0; done < length;) {
      const bytesRead = await this.#readSome(target, done, Math.min(step, length - done), start);
      if (bytesRead === 0) throw endedEarly(this.path);
      done += bytesRead;
    }
    return target;
  }

  /** Returns the first bytes, at most `length`; fewer if the file is shorter. */
  head(length: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.read(0, Math.min(length, this.size));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#whole = undefined;
    await this.#file.close();
  }

  async #readSome(
    target: Uint8Array,
    offset: number,
    length: number,
    start: number,
  ): Promise<number> {
    if (this.#isClosed) throw closedFile(this.path);
    try {
      return await this.#file.read(target, offset, length, start + offset);
    } catch (error) {
      throw this.#hasClosed() ? closedFile(this.path) : readFailure(error, this.path);
    }
  }

  #hasClosed(): boolean {
    return this.#isClosed;
  }
}

/** Returns the first bytes of the file at `path`, at most `length`. Throws as `FileSource.open`. */
export async function readHead(path: string, length: number): Promise<Uint8Array<ArrayBuffer>> {
  const source = await FileSource.open(path);
  try {
    return await source.head(length);
  } finally {
    await source.close();
  }
}

function endedEarly(path: string): UserError {
  return new UserError('invalid-file', imageText.endedEarly(path));
}
