import { UserError } from '../../../core/errors.ts';
import { throwIfAborted } from '../../raster/read-request.ts';
import { noValue, transparentValue, type StoredMask } from './stored-mask.ts';
import { pairedMaskText } from '../../../text/index.ts';

/** Values of one mask. */
export interface MaskValues {
  readonly path: string;
  /** Numbers, or colours (see `StoredMask.read`); without `noValue` and `transparentValue`. */
  readonly values: ReadonlySet<number>;
  /** Number of pixels per value, including `noValue` and `transparentValue`. */
  readonly pixels: ReadonlyMap<number, number>;
  readonly isColour: boolean;
  /** True if its alpha marks pixels without a class, as 0 does. */
  readonly hasTransparent: boolean;
  readonly palette: Uint8Array | null;
}

/** Maximum number of values in a mask: a file with more is a photograph, or was saved with lossy compression. */
const valueLimit = 256;
/** Values read at a time. */
const bandPixels = 2 ** 22;

/** @throws UserError 'invalid-labels' for more colours than a mask has; as `StoredMask.read` */
export async function surveyMask(mask: StoredMask, signal?: AbortSignal): Promise<MaskValues> {
  const { width, height, frames } = mask.file.header;
  const rows = Math.max(1, Math.floor(bandPixels / width));
  const pixels = new Map<number, number>();
  for (let frame = 0; frame < frames; frame++) {
    for (let y = 0; y < height; y += rows) {
      throwIfAborted(signal);
      const region = { x: 0, y, width, height: Math.min(rows, height - y) };
      count(await mask.read({ frame, region }), pixels, mask.path);
    }
  }
  const values = new Set(pixels.keys());
  values.delete(noValue);
  const hasTransparent = values.delete(transparentValue);
  const { path, isColour, palette } = mask;
  return { path, values, pixels, isColour, hasTransparent, palette };
}

function count(stored: Int32Array, pixels: Map<number, number>, path: string): void {
  for (let from = 0; from < stored.length;) {
    const value = stored[from] ?? noValue;
    // Masks have long runs of one value.
    let to = from + 1;
    while (to < stored.length && stored[to] === value) to++;
    pixels.set(value, (pixels.get(value) ?? 0) + to - from);
    from = to;
    if (pixels.size > valueLimit + 2) {
      throw new UserError('invalid-labels', pairedMaskText.tooManyColours(path, valueLimit));
    }
  }
}

/** Returns true if every colour is a grey: then they are numbers saved as colours. */
export function areGreys(colours: Iterable<number>): boolean {
  for (const colour of colours) {
    const blue = colour & 255;
    if (colour >> 16 !== blue || ((colour >> 8) & 255) !== blue) return false;
  }
  return true;
}

/** Returns the colour of a number, by its palette or as a shade of grey. */
export function colourOfNumber(value: number, palette: Uint8Array | null): number {
  if (palette === null) return (value << 16) | (value << 8) | value;
  const [red = 0, green = 0, blue = 0] = palette.subarray(3 * value, 3 * value + 3);
  return (red << 16) | (green << 8) | blue;
}

/** Values of one mask among many, or the reason it cannot be read. */
export type SurveyedMask =
  | { readonly ok: true; readonly values: MaskValues }
  | { readonly ok: false; readonly reason: string };
