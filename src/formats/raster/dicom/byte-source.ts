import type { FileHandle } from 'node:fs/promises';
import { damaged } from './faults.ts';

/** Bytes by position, so that a header is read without what lies behind it. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes. @throws DicomFault 'invalid-file' where they end before */
  read(at: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** Node reads less than 2 GiB at a time. */
const readLimit = 2 ** 30;

export function fileSource(handle: FileHandle, size: number): ByteSource {
  return {
    size,
    async read(at, length) {
      requireInside(at, length, size);
      const bytes = new Uint8Array(length);
      for (let done = 0; done < length;) {
        const want = Math.min(readLimit, length - done);
        const { bytesRead } = await handle.read(bytes, done, want, at + done);
        if (bytesRead === 0) throw endsEarly();
        done += bytesRead;
      }
      return bytes;
    },
  };
}

export function memorySource(whole: Uint8Array): ByteSource {
  // A plain view: slices of a Buffer would share its memory, and its offset.
  const bytes = new Uint8Array(whole.buffer, whole.byteOffset, whole.length);
  return {
    size: bytes.length,
    read(at, length) {
      requireInside(at, length, bytes.length);
      return Promise.resolve(bytes.slice(at, at + length));
    },
  };
}

// Before memory is taken for what a damaged length asks for.
function requireInside(at: number, length: number, size: number): void {
  if (at + length > size) throw endsEarly();
}

function endsEarly(): Error {
  return damaged('is cut short');
}
