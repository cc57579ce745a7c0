import { createReadStream } from 'node:fs';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import { UserError } from '../../../core/errors.ts';
import { niftiText } from '../../../text/index.ts';
import { decodeWithin, releaseOf } from '../../files/decode-budget.ts';
import type { Decoded } from '../../files/decode-budget.ts';
import { readFailure, systemCode } from '../../files/file-errors.ts';
import { memoryFailure } from '../../files/memory-failure.ts';
import { unlessAborted } from '../../files/unless-aborted.ts';
import { closedFile } from '../read-request.ts';
import type { ByteSource } from '../file-source.ts';
import { invalidNifti } from './header.ts';

/**
 * Maximum number of bytes that one byte of Deflate expands to (RFC 1951: 258 bytes from two bits, minus its headers).
 */
const largestExpansion = 1032;
/** Number of bytes allowed after the last voxel of a compressed file before it counts as a bomb. */
const tailBytes = 2 ** 24;

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/** Decompresses the first bytes of a compressed file as far as possible; empty if they are damaged. */
export function unpackHead(head: Uint8Array): Uint8Array {
  try {
    // The end is always missing. A short file's checksum, in its last eight bytes, is checked when the voxels are read,
    // which reports the damage.
    return gunzipSync(head.subarray(0, Math.min(2 ** 12, head.length - 8)), {
      finishFlush: constants.Z_SYNC_FLUSH,
    });
  } catch {
    return new Uint8Array(0);
  }
}

/** Yields the bytes of a compressed file from the first one on, piece by piece. */
async function* unpacked(path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  const file = createReadStream(path);
  const gunzip = createGunzip({ chunkSize: 2 ** 18 });
  const stop = (error?: Error): void => {
    file.destroy();
    gunzip.destroy(error);
  };
  const onAbort = (): void => {
    stop(closedFile(path));
  };
  file.on('error', stop);
  signal.addEventListener('abort', onAbort);
  file.pipe(gunzip);
  try {
    for await (const chunk of gunzip) yield chunk as Buffer;
  } catch (error) {
    throw unpackFailure(error, path);
  } finally {
    signal.removeEventListener('abort', onAbort);
    stop();
  }
}

function unpackFailure(error: unknown, path: string): unknown {
  if (error instanceof UserError) return error;
  const lack = memoryFailure(error, path);
  if (lack !== undefined) return lack;
  if (systemCode(error) !== undefined) return readFailure(error, path);
  return new UserError(
    'invalid-file',
    niftiText.notUnpacked(path),
    error instanceof Error ? error.message : String(error),
  );
}

/** The voxels of a gzip file: decompressed at the first read, kept until the file is closed. */
export class GzipSource implements ByteSource {
  readonly path: string;
  readonly #offset: number;
  readonly #length: number;
  readonly #closing = new AbortController();
  #bytes: Promise<Decoded<Uint8Array<ArrayBuffer>>> | undefined;

  /**
   * @param offset bytes of the decompressed file before the voxels
   * @param length bytes of the voxels; the caller has checked that they fit in memory
   * @param packed bytes of the file itself
   * @throws UserError 'invalid-file' if so few bytes cannot expand to so many
   */
  constructor(path: string, offset: number, length: number, packed: number) {
    if ((offset + length) / largestExpansion > packed) {
      throw invalidNifti(path, niftiText.implausible);
    }
    this.path = path;
    this.#offset = offset;
    this.#length = length;
  }

  async read(
    start: number,
    length: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#closing.signal.aborted) throw closedFile(this.path);
    const { signal: closing } = this.#closing;
    this.#bytes ??= decodeWithin(this.#length, () => this.#unpack(), closing);
    const { value: bytes } = await unlessAborted(this.#bytes, signal);
    // Closing discards the voxels.
    if (closing.aborted) throw closedFile(this.path);
    return bytes.slice(start, start + length);
  }

  close(): Promise<void> {
    this.#closing.abort();
    this.#bytes?.then(releaseOf, () => undefined);
    this.#bytes = undefined;
    return Promise.resolve();
  }

  /** Decompresses to the end of the file, though the voxels may end before: only then are its checksums verified. */
  async #unpack(): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(this.#length);
    const end = this.#offset + this.#length;
    let position = 0;
    for await (const chunk of unpacked(this.path, this.#closing.signal)) {
      const part = chunk.subarray(Math.max(0, this.#offset - position), end - position);
      if (position < end && part.length > 0) {
        bytes.set(part, Math.max(0, position - this.#offset));
      }
      position += chunk.length;
      if (position > end + tailBytes) {
        throw invalidNifti(this.path, niftiText.surplus);
      }
    }
    if (position >= end) return bytes;
    throw invalidNifti(this.path, niftiText.cutShort(position, end));
  }
}
