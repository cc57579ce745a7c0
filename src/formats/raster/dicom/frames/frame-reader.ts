import { dicomNotes } from '../../../../text/index.ts';
import type { Samples } from '../../image-file.ts';
import type { ColourSpace } from '../colours.ts';

/** A decoded frame. */
export interface DecodedFrame {
  /** Stored values, interleaved: (rows, columns, samples). */
  readonly values: Samples;
  /** Colour space of a pixel's three values; `rgb` also for a single value. */
  readonly space: ColourSpace;
  /** Bits per colour. */
  readonly bits: number;
  /** Note for the user about this frame. */
  readonly note?: string;
}

/** Reader of the frames of a file, one at a time. */
export interface FrameReader {
  /** Number of complete frames. */
  readonly frames: number;
  /** Notes for the user about missing or surplus frames. */
  readonly notes: readonly string[];
  /**
   * @param frame from 0
   * @throws DicomFault 'invalid-file', 'unsupported', 'too-large'
   */
  read(frame: number): Promise<DecodedFrame>;
}

/** Explains that a file contains more or fewer frames than it declares. */
export function frameNotes(held: number, declared: number, isCutShort: boolean): string[] {
  if (held > declared) {
    return [dicomNotes.surplusPixels(declared)];
  }
  if (held === declared) return [];
  return [
    isCutShort ? dicomNotes.cutShort(held, declared) : dicomNotes.fewerFrames(held, declared),
  ];
}
