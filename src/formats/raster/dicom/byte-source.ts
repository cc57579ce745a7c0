import { dicomText } from '../../../text/index.ts';
import type { SizedBytes } from '../file-source.ts';
import { damaged } from './faults.ts';

/** The same bytes; a read past the end throws this reader's fault. */
export function boundedSource(bytes: SizedBytes): SizedBytes {
  return {
    size: bytes.size,
    read(start, length, signal) {
      // Checked before memory is allocated for a damaged length.
      if (start + length > bytes.size) return Promise.reject(damaged(dicomText.cutShort));
      return bytes.read(start, length, signal);
    },
  };
}

export function memorySource(whole: Uint8Array): SizedBytes {
  // A plain view: slices of a Buffer would share its memory, and its offset.
  const bytes = new Uint8Array(whole.buffer, whole.byteOffset, whole.length);
  return boundedSource({
    size: bytes.length,
    read: (start, length) => Promise.resolve(bytes.slice(start, start + length)),
  });
}
