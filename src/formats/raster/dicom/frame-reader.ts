import type { Samples } from '../image-file.ts';

/** A way to the frames of a file, one at a time. */
export interface FrameReader {
  /** How many are whole. */
  readonly frames: number;
  /** For a person, about frames that are missing or left over. */
  readonly notes: readonly string[];
  /**
   * Stored values of a frame from 0, interleaved: (rows, columns, samples), colours as RGB.
   *
   * @throws DicomFault 'invalid-file', 'unsupported', 'too-large'
   */
  read(frame: number): Promise<Samples>;
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
