import { dicomAdvice, dicomText } from '../../../text/index.ts';
import type { Samples } from '../image-file.ts';
import { samplesLike } from '../sample-arrays.ts';
import { damaged, unsupported } from './faults.ts';
import type { Photometric } from './image-pixel.ts';

/** Meaning of three decoded values. `full` and `partial`: luma and two chromas, over the full range or BT.601's. */
export type ColourSpace = 'rgb' | 'full' | 'partial';

/** Returns the colour space of native and run-length coded pixels, from only the header. @throws DicomFault */
export function colourSpaceOf(photometric: Photometric): ColourSpace {
  switch (photometric) {
    case 'YBR_FULL':
    case 'YBR_FULL_422':
      return 'full';
    case 'YBR_PARTIAL_422':
    case 'YBR_PARTIAL_420':
      return 'partial';
    case 'YBR_ICT':
    case 'YBR_RCT':
      throw damaged(dicomText.notJpeg2000(photometric));
    case 'MONOCHROME1':
    case 'MONOCHROME2':
    case 'PALETTE COLOR':
    case 'RGB':
      return 'rgb';
  }
}

/** Returns true if native pixels store two lumas with one pair of chromas (PS3.3, C.7.6.3.1.2). */
export function isSubsampled(photometric: Photometric): boolean {
  if (photometric === 'YBR_PARTIAL_420') {
    throw unsupported(dicomText.partial420, dicomAdvice.saveAsRgb);
  }
  return photometric === 'YBR_FULL_422' || photometric === 'YBR_PARTIAL_422';
}

/**
 * Gives each pixel its own chroma values: Y1 Y2 Cb Cr becomes Y1 Cb Cr, Y2 Cb Cr.
 *
 * @param planes whether the lumas are in one plane and the chromas, half as many, in two
 */
export function withOwnChromas(values: Samples, planes: boolean): Samples {
  const pixels = values.length / 2;
  const full = samplesLike(values, pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const pair = pixel >> 1;
    const luma = planes ? pixel : 4 * pair + (pixel & 1);
    const blue = planes ? pixels + pair : 4 * pair + 2;
    const red = planes ? pixels + pixels / 2 + pair : 4 * pair + 3;
    full[3 * pixel] = values[luma] ?? 0;
    full[3 * pixel + 1] = values[blue] ?? 0;
    full[3 * pixel + 2] = values[red] ?? 0;
  }
  return full;
}

/** The inverse of PS3.3, C.7.6.3.1.2: change of red, green and blue per step of luma and of each chroma. */
const factors = {
  full: { luma: 1, red: 1.402, greenRed: 0.714136286, greenBlue: 0.344136286, blue: 1.772 },
  partial: {
    luma: 255 / 219,
    red: (1.402 * 255) / 224,
    greenRed: (0.714136286 * 255) / 224,
    greenBlue: (0.344136286 * 255) / 224,
    blue: (1.772 * 255) / 224,
  },
};

/**
 * Converts luma and chromas to RGB, rounded and clamped to the range; in place.
 *
 * @param values interleaved by pixel
 */
export function toRgb(values: Samples, space: ColourSpace, bits: number): void {
  if (space === 'rgb') return;
  const { luma, red, greenRed, greenBlue, blue } = factors[space];
  const top = 2 ** bits - 1;
  const centre = 2 ** (bits - 1);
  const foot = space === 'partial' ? 2 ** (bits - 4) : 0;
  const held = (value: number): number => Math.min(top, Math.max(0, Math.floor(value + 0.5)));
  for (let i = 0; i + 2 < values.length; i += 3) {
    const y = luma * ((values[i] ?? 0) - foot);
    const cb = (values[i + 1] ?? 0) - centre;
    const cr = (values[i + 2] ?? 0) - centre;
    values[i] = held(y + red * cr);
    values[i + 1] = held(y - greenBlue * cb - greenRed * cr);
    values[i + 2] = held(y + blue * cb);
  }
}
