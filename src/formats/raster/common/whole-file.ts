import { UserError } from '../../../core/errors.ts';
import {
  plainDisplay,
  type ImageFile,
  type ImageHeader,
  type Pixels,
  type ReadLimits,
  type ReadRequest,
  type Samples,
} from '../image-file.ts';
import { checkRequest, closedFile, unlessAborted, type CheckedRequest } from '../read-request.ts';
import { newSamples, sampleBytes } from '../sample-arrays.ts';

/** An image that can only be decoded as a whole. */
export interface WholeImage {
  readonly header: ImageHeader;
  /** (height, width, bands); called once at most. Throws UserError 'invalid-file', 'unsupported'. */
  decode(): Promise<Samples>;
}

/** A file of such an image: decoded at the first read, kept until it is closed. */
export class WholeFile implements ImageFile {
  readonly path: string;
  readonly header: ImageHeader;
  readonly #limits: ReadLimits;
  #image: WholeImage | undefined;
  #frame: Promise<Samples> | undefined;

  constructor(path: string, image: WholeImage, limits: ReadLimits) {
    this.path = path;
    this.header = image.header;
    this.#limits = limits;
    this.#image = image;
  }

  async read(request: ReadRequest = {}): Promise<Pixels> {
    const checked = checkRequest(request, this.header, this.#limits, this.path);
    const frame = await unlessAborted(this.#decoded(), request.signal);
    return crop(frame, this.header, checked);
  }

  close(): Promise<void> {
    this.#image = undefined;
    this.#frame?.catch(() => undefined);
    this.#frame = undefined;
    return Promise.resolve();
  }

  async #decoded(): Promise<Samples> {
    const image = this.#image;
    if (image === undefined) throw closedFile(this.path);
    this.#frame ??= image.decode();
    const frame = await this.#frame;
    if (this.#image === undefined) throw closedFile(this.path);
    return frame;
  }
}

function crop(frame: Samples, header: ImageHeader, { region, bands }: CheckedRequest): Pixels {
  const { x, y, width, height } = region;
  const data = newSamples(header.sampleType, width * height * bands.length);
  const isAllBands = bands.length === header.bands && bands.every((band, index) => band === index);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * header.width + x) * header.bands;
    const to = row * width * bands.length;
    const values = frame.subarray(from, from + width * header.bands);
    if (isAllBands) data.set(values, to);
    else pickBands(values, header.bands, data, to, bands);
  }
  return { width, height, bands: bands.length, data };
}

/** Copies some bands of interleaved values, in the order of `bands`. */
export function pickBands(
  values: Samples,
  stride: number,
  target: Samples,
  start: number,
  bands: readonly number[],
): void {
  for (const [index, band] of bands.entries()) {
    let write = start + index;
    for (let read = band; read < values.length; read += stride) {
      target[write] = values[read] ?? 0;
      write += bands.length;
    }
  }
}

type Facts = Pick<ImageHeader, 'format' | 'width' | 'height' | 'sampleType' | 'alpha' | 'notes'> & {
  /** Bands, the alpha among them. */
  readonly bands: 1 | 2 | 3 | 4;
  readonly rescale: ImageHeader['display']['rescale'];
};

/**
 * The header of a plain image: one frame, one level, nothing known of its sizes.
 *
 * @throws UserError 'too-large' where the frame is beyond `limits`
 */
export function wholeHeader(facts: Facts, limits: ReadLimits, path: string): ImageHeader {
  const { rescale, ...said } = facts;
  const { width, height, bands, sampleType } = said;
  const pixels = width * height;
  if (pixels > limits.pixels || pixels * bands * sampleBytes[sampleType] > limits.bytes) {
    throw new UserError(
      'too-large',
      `${path} has ${width} × ${height} pixels, more than the limit of ${limits.pixels} pixels or ${limits.bytes} bytes. Cut it into smaller images.`,
    );
  }
  return {
    ...said,
    frames: 1,
    interpretation: bands < 3 ? 'grey' : 'rgb',
    nodata: null,
    levels: [{ width, height }],
    spacing: null,
    geo: null,
    display: { ...plainDisplay, rescale },
    grouping: null,
  };
}
