import { crc32 } from 'node:zlib';

/**
 * PNG with a palette (W3C PNG, third edition, 11.2). The decoder returns its colours, but a mask needs the
 * indices, which are lost if two entries have the same colour. The data of an indexed image have the layout of
 * a grey one, so with the header of a grey image they decode to indices.
 */

const signatureBytes = 8;
/** Bytes of the chunk IHDR, with its length, type and checksum. */
const headerBytes = 25;
const indexed = 3;
const grey = 0;

export interface IndexedPng {
  /** The same image with its indices as grey values. */
  readonly bytes: Buffer;
  /** (entries, 3) RGB. */
  readonly palette: Uint8Array;
}

/** Returns null if the file is not a PNG with a palette, or is damaged before its data, which the decoder reports. */
export function indexedPng(bytes: Buffer): IndexedPng | null {
  if (bytes.toString('latin1', 0, signatureBytes) !== '\x89PNG\r\n\x1a\n') return null;
  const kept: Buffer[] = [bytes.subarray(0, signatureBytes)];
  let palette: Uint8Array | null = null;
  for (let at = signatureBytes; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const end = at + 12 + length;
    const type = bytes.toString('latin1', at + 4, at + 8);
    const chunk = bytes.subarray(at, Math.min(end, bytes.length));
    if (type === 'IHDR') {
      if (length !== 13 || chunk.length < headerBytes || chunk[17] !== indexed) return null;
      kept.push(greyHeader(chunk));
    } else if (type === 'PLTE') {
      palette = new Uint8Array(chunk.subarray(8, 8 + length - (length % 3)));
    } else if (type === 'IDAT' || type === 'IEND') {
      // The other chunks describe colours: transparency, background, profiles.
      kept.push(chunk);
    }
    at = end;
  }
  return palette === null ? null : { bytes: Buffer.concat(kept), palette };
}

function greyHeader(chunk: Buffer): Buffer {
  const header = Buffer.from(chunk);
  header[17] = grey;
  header.writeUInt32BE(crc32(header.subarray(4, 21)), 21);
  return header;
}
