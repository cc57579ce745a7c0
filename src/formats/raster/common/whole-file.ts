import { UserError } from '../../../core/errors.ts';
import { commonImageText } from '../../../text/index.ts';
import {
  plainDisplay,
  type ImageFile,
  type ImageHeader,
  type Pixels,
  type ReadLimits,
  type ReadRequest,
  type Samples,
} from '../image-file.ts';
import { decodeWithin, releaseOf } from '../../files/decode-budget.ts';
import type { Decoded } from '../../files/decode-budget.ts';
import { cropFrame } from '../crop.ts';
import { unlessAborted } from '../../files/unless-aborted.ts';
import { checkRequest, closedFile } from '../read-request.ts';
import { sampleBytes } from '../sample-arrays.ts';

/** An image that can only be decoded as a whole. */
export interface WholeImage {
  readonly header: ImageHeader;
  /**
   * Decodes the image to (height, width, bands); called at most once. Throws UserError 'invalid-file', 'unsupported'.
   */
  decode(): Promise<Samples>;
  /** Memory for decoding in addition to the frame, bytes; none by default. */
  readonly bytesBeside?: number;
  /** See `ImageFile`. */
  readonly sketch?: ImageFile['sketch'] | undefined;
}

/** A file with such an image: decoded at the first read, kept until it is closed. */
export class WholeFile implements ImageFile {
  readonly path: string;
  readonly header: ImageHeader;
  readonly sketch?: NonNullable<ImageFile['sketch']>;
  readonly #limits: ReadLimits;
  #image: WholeImage | undefined;
  #frame: Promise<Decoded<Samples>> | undefined;

  constructor(path: string, image: WholeImage, limits: ReadLimits) {
    this.path = path;
    this.header = image.header;
    this.#limits = limits;
    this.#image = image;
    if (image.sketch !== undefined) this.sketch = image.sketch;
  }

  async read(request: ReadRequest = {}): Promise<Pixels> {
    const checked = checkRequest(request, this.header, this.#limits, this.path);
    const frame = await unlessAborted(this.#decoded(), request.signal);
    // Closing discards the frame.
    if (this.#isClosed()) throw closedFile(this.path);
    return cropFrame(frame, this.header, checked);
  }

  close(): Promise<void> {
    this.#image = undefined;
    this.#frame?.then(releaseOf, () => undefined);
    this.#frame = undefined;
    return Promise.resolve();
  }

  async #decoded(): Promise<Samples> {
    const image = this.#image;
    if (image === undefined) throw closedFile(this.path);
    this.#frame ??= this.#decode(image);
    return (await this.#frame).value;
  }

  #decode(image: WholeImage): Promise<Decoded<Samples>> {
    const { width, height, bands, sampleType } = this.header;
    const bytes = width * height * bands * sampleBytes[sampleType] + (image.bytesBeside ?? 0);
    return decodeWithin(bytes, () => {
      if (this.#isClosed()) throw closedFile(this.path);
      return image.decode();
    });
  }

  #isClosed(): boolean {
    return this.#image === undefined;
  }
}

type Facts = Pick<ImageHeader, 'format' | 'width' | 'height' | 'sampleType' | 'alpha' | 'notes'> & {
  /** Number of bands, including alpha. */
  readonly bands: 1 | 2 | 3 | 4;
  readonly rescale: ImageHeader['display']['rescale'];
};

/**
 * Returns the header of a plain image: one frame, one level, unknown pixel size.
 *
 * @param bytesBeside memory for decoding in addition to the frame, bytes
 * @throws UserError 'too-large' if that exceeds `limits`
 */
export function wholeHeader(
  facts: Facts,
  limits: ReadLimits,
  path: string,
  bytesBeside = 0,
): ImageHeader {
  const { rescale, ...said } = facts;
  const { width, height, bands, sampleType } = said;
  const pixels = width * height;
  const bytes = pixels * bands * sampleBytes[sampleType] + bytesBeside;
  if (pixels > limits.pixels || bytes > Math.min(limits.bytes, limits.whole)) {
    throw new UserError(
      'too-large',
      commonImageText.tooLarge(
        path,
        { width, height, bytes },
        { bytes: limits.whole, pixels: limits.pixels },
      ),
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
