import type { Samples } from '../image-file.ts';
import type { ColourSpace } from './colours.ts';

/** A frame as it was decoded. */
export interface DecodedFrame {
  /** Stored values, interleaved: (rows, columns, samples). */
  readonly values: Samples;
  /** What three values of a pixel are; `rgb` also where there is one. */
  readonly space: ColourSpace;
  /** Of a colour. */
  readonly bits: number;
  /** For a person, about this frame. */
  readonly note?: string;
}

/** A way to the frames of a file, one at a time. */
export interface FrameReader {
  /** How many are whole. */
  readonly frames: number;
  /** For a person, about frames that are missing or left over. */
  readonly notes: readonly string[];
  /**
   * @param frame from 0
   * @throws DicomFault 'invalid-file', 'unsupported', 'too-large'
   */
  read(frame: number): Promise<DecodedFrame>;
}

/** What to say where a file holds more or fewer frames than it declares. */
export function frameNotes(held: number, declared: number, isCutShort: boolean): string[] {
  if (held > declared) {
    return [`The file holds more pixels than its ${declared} declared frames; those are read.`];
  }
  if (held === declared) return [];
  const reason = isCutShort ? 'it is cut short' : 'it declares more than it holds';
  return [`Only ${held} of the file's ${declared} frames are there: ${reason}.`];
}
