import { dicomFrameText } from '../../../../text/index.ts';
import { damaged } from '../faults.ts';

/** Sizes of the decoded frame. */
export interface RlePlanes {
  /** px of a frame. */
  readonly pixels: number;
  /** Number of colours per pixel. */
  readonly samples: number;
  readonly bytesPerSample: number;
}

const headerLength = 64;

/**
 * Decodes a frame of DICOM's run-length coding (PS3.5, annex G): one segment for each byte of each colour,
 * the most significant first.
 *
 * Implemented here because the library's decoder accepts a truncated segment as complete.
 *
 * @returns little-endian values, interleaved by pixel
 * @throws DicomFault 'invalid-file'
 */
export function decodeRle(bytes: Uint8Array, planes: RlePlanes): Uint8Array<ArrayBuffer> {
  const { pixels, samples, bytesPerSample } = planes;
  const stride = samples * bytesPerSample;
  const offsets = segmentOffsets(bytes, stride);
  const decoded = new Uint8Array(pixels * stride);
  for (let segment = 0; segment < stride; segment++) {
    const sample = Math.floor(segment / bytesPerSample);
    const significance = bytesPerSample - 1 - (segment % bytesPerSample);
    const coded = bytes.subarray(offsets[segment], offsets[segment + 1]);
    decodeSegment(coded, decoded, sample * bytesPerSample + significance, stride);
  }
  return decoded;
}

/** Returns the starts of the segments, and the end of the last one. */
function segmentOffsets(bytes: Uint8Array, expected: number): number[] {
  if (bytes.length < headerLength) throw damaged(dicomFrameText.rleCutShort);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = view.getUint32(0, true);
  if (count !== expected) throw damaged(dicomFrameText.rleSegments(count, expected));
  const offsets = Array.from({ length: count }, (_, i) => view.getUint32(4 + 4 * i, true));
  offsets.push(bytes.length);
  const isSound = offsets.every((offset, i) => offset >= (offsets[i - 1] ?? headerLength));
  if (!isSound) throw damaged(dicomFrameText.rleOffsets);
  return offsets;
}

/** Fills every `stride`-th byte of `into` from `start`. */
function decodeSegment(coded: Uint8Array, into: Uint8Array, start: number, stride: number): void {
  let to = start;
  let from = 0;
  while (to < into.length) {
    const control = coded[from++];
    if (control === undefined) throw damaged(dicomFrameText.rleSegmentCutShort);
    if (control === 128) continue;
    if (control < 128) {
      const end = from + control + 1;
      if (end > coded.length) throw damaged(dicomFrameText.rleSegmentCutShort);
      for (; from < end && to < into.length; to += stride) into[to] = coded[from++] ?? 0;
    } else {
      const value = coded[from++];
      if (value === undefined) throw damaged(dicomFrameText.rleSegmentCutShort);
      const end = Math.min(into.length, to + (257 - control) * stride);
      for (; to < end; to += stride) into[to] = value;
    }
  }
}
