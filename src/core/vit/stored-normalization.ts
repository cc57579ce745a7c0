import type { Normalization } from './architecture.ts';

/** Of values as files store them: what is the mean, and so far from it, of each band. */
export type StoredNormalization = Normalization;

/**
 * The same for pixels in [0, 1] that a window makes of stored values v, by DICOM PS3.3 C.11.2.1.2.1:
 * (v − (c − 0.5)) / (w − 1) + 0.5. What is outside the window is cut, as in every picture.
 *
 * @param window its centre c and width w, in stored values
 * @returns undefined for a window that does not hold all the means: it is of other values, or shows next to nothing
 */
export function throughWindow(
  { mean, deviation }: StoredNormalization,
  { center, width }: { readonly center: number; readonly width: number },
): Normalization | undefined {
  const isInside = mean.every((value) => Math.abs(value - center) < width / 2);
  if (!isInside || width <= 1) return undefined;
  const span = width - 1;
  return {
    mean: mean.map((value) => (value - (center - 0.5)) / span + 0.5),
    deviation: deviation.map((value) => value / span),
  };
}
