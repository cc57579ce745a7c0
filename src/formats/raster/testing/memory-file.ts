import { cropFrame } from '../crop.ts';
import type { ImageFile, ImageHeader, Pixels, ReadRequest } from '../image-file.ts';
import { plainDisplay } from '../image-file.ts';

/** An image in memory as a file, for tests of what works on files of every format. */
export function memoryFile(
  pixels: readonly Pixels[],
  change: Partial<ImageHeader> = {},
): ImageFile & { readonly requests: ReadRequest[] } {
  const [{ width, height, bands } = { width: 1, height: 1, bands: 1 }] = pixels;
  const header: ImageHeader = {
    format: 'tiff',
    width,
    height,
    bands,
    frames: 1,
    sampleType: 'uint8',
    interpretation: bands === 1 ? 'grey' : 'bands',
    alpha: null,
    nodata: null,
    levels: pixels.map((level) => ({ width: level.width, height: level.height })),
    spacing: null,
    geo: null,
    display: plainDisplay,
    grouping: null,
    notes: [],
    ...change,
  };
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
