import type { MaskPreview } from '../../../../contract/mask-sources.ts';
import { ignoreValue } from '../../../../core/mask/tiles.ts';

/** Opacities of regions, and of those that are not highlighted, [0, 255]. */
const fill = 110;
const dim = 25;
/** Distance between the stripes of ignored pixels, px. */
const stripes = 8;

/**
 * Overlay of a preview's mask, (height, width, 4) RGBA: each region is filled and has an opaque outline; ignored pixels
 * are striped too. If a value is highlighted, the others are dimmed.
 *
 * @param colours `#rrggbb` by value; values without a colour are not drawn
 */
export function previewPixels(
  { width, height, values }: Pick<MaskPreview, 'width' | 'height' | 'values'>,
  colours: ReadonlyMap<number, string>,
  highlighted: number | null,
): Uint8ClampedArray<ArrayBuffer> {
  const inks = new Map(
    [...colours].map(([value, colour]) => [value, parseInt(colour.slice(1), 16)]),
  );
  const pixels = new Uint8ClampedArray(width * height * 4);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const value = values[at] ?? 0;
      const ink = inks.get(value);
      if (ink === undefined) continue;
      const isEdge =
        (x > 0 && values[at - 1] !== value) ||
        (x < width - 1 && values[at + 1] !== value) ||
        (y > 0 && values[at - width] !== value) ||
        (y < height - 1 && values[at + width] !== value);
      const isStripe = value === ignoreValue && (x + y) % stripes < 2;
      const isDimmed = highlighted !== null && highlighted !== value;
      pixels[4 * at] = ink >> 16;
      pixels[4 * at + 1] = (ink >> 8) & 255;
      pixels[4 * at + 2] = ink & 255;
      pixels[4 * at + 3] = isDimmed ? dim : isEdge || isStripe ? 255 : fill;
    }
  }
  return pixels;
}
