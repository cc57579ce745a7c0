import { cropFrame } from '../crop.ts';
import type { ImageFile, ImageHeader, Pixels, ReadRequest } from '../image-file.ts';
import { plainDisplay } from '../image-file.ts';

/** A header of an image of 8 bits and one frame, without further information. */
export function plainHeader(
  facts: Pick<ImageHeader, 'width' | 'height' | 'bands'> & Partial<ImageHeader>,
): ImageHeader {
  const { width, height, bands } = facts;
  return {
    format: 'tiff',
    frames: 1,
    sampleType: 'uint8',
    interpretation: bands === 1 ? 'grey' : 'bands',
    alpha: null,
    nodata: null,
    levels: [{ width, height }],
    spacing: null,
    geo: null,
    display: plainDisplay,
    grouping: null,
    notes: [],
    ...facts,
  };
}

/** An image in memory as a file, for tests of code that works on files of every format. */
export function memoryFile(
  pixels: readonly Pixels[],
  change: Partial<ImageHeader> = {},
): ImageFile & { readonly requests: ReadRequest[] } {
  const [{ width, height, bands } = { width: 1, height: 1, bands: 1 }] = pixels;
  const levels = pixels.map((level) => ({ width: level.width, height: level.height }));
  const header = plainHeader({ width, height, bands, levels, ...change });
  const requests: ReadRequest[] = [];
  return {
    path: 'memory.tif',
    header,
    requests,
    read: (request = {}) => {
      requests.push(request);
      const whole = pixels[request.level ?? 0];
      if (!whole) return Promise.reject(new RangeError(`no level ${request.level}`));
      return Promise.resolve(cropped(whole, request));
    },
    close: () => Promise.resolve(),
  };
}

function cropped(whole: Pixels, request: ReadRequest): Pixels {
  const region = request.region ?? { x: 0, y: 0, ...whole };
  const bands = request.bands ?? Array.from({ length: whole.bands }, (_, band) => band);
  return cropFrame(whole.data, whole, { region, bands });
}
