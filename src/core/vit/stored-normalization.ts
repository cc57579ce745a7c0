import type { Normalization } from './architecture.ts';

/** Mean and deviation of each band, in values as stored in files. */
export type StoredNormalization = Normalization;

/**
 * Converts the normalisation to pixels in [0, 1] after a window of stored values v, by DICOM PS3.3 C.11.2.1.2.1:
 * (v − (c − 0.5)) / (w − 1) + 0.5. Values outside the window are clipped, as in every picture.
 *
 * @param window its centre c and width w, in stored values
 * @returns undefined if a mean is outside the window: it is for other values, or shows almost nothing
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
