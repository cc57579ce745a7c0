import type { Samples, SampleType } from '../image-file.ts';
import { unlessAborted } from '../../files/unless-aborted.ts';
import type { CheckedRequest } from '../read-request.ts';
import { newSamples, sampleBytes } from '../sample-arrays.ts';
import { gatherSlices, type StoredVoxels } from './gather.ts';
import type { NiftiVolume } from './volume.ts';

/** Maximum size of the neighbouring slices that are kept, bytes, except for a single slice. */
const usualSlab = 2 ** 25;

interface Slab {
  /** Key of the cached content. */
  readonly key: string;
  /** First slice. */
  readonly frame: number;
  readonly values: Promise<Samples>;
}

/**
 * Reads slices. If they are across the first axis of the file, every slice is spread over the whole file, and reading
 * one takes as long as reading fifty: then neighbours are read too and kept, so that scrolling through a volume does
 * not read the whole file for each slice.
 */
export class SliceReader {
  readonly #stored: StoredVoxels;
  readonly #volume: NiftiVolume;
  readonly #sampleType: SampleType;
  readonly #slabBytes: number;
  #slab: Slab | undefined;
  /** True after a value that float64 may have rounded. */
  hasRounded = false;

  constructor(
    stored: StoredVoxels,
    volume: NiftiVolume,
    sampleType: SampleType,
    slabBytes = usualSlab,
  ) {
    this.#stored = stored;
    this.#volume = volume;
    this.#sampleType = sampleType;
    this.#slabBytes = slabBytes;
  }

  /** Reads the region: (height, width, bands). Throws as `ImageFile.read`. */
  async read(request: CheckedRequest, signal: AbortSignal | undefined): Promise<Samples> {
    if (this.#volume.slice.axis !== 0) return this.#gather(request, 1, signal);
    const { region, bands } = request;
    const length = region.width * region.height * bands.length;
    const slab = this.#slabAt(request, length);
    const values = await unlessAborted(slab.values, signal);
    const start = (request.frame - slab.frame) * length;
    return values.slice(start, start + length);
  }

  #slabAt(request: CheckedRequest, length: number): Slab {
    const { slices } = this.#volume;
    const most = Math.floor(this.#slabBytes / (length * sampleBytes[this.#sampleType]));
    const together = Math.max(1, Math.min(slices, most));
    const slice = request.frame % slices;
    const first = slice - (slice % together);
    const frame = request.frame - slice + first;
    const key = JSON.stringify([frame, request.region, request.bands]);
    if (this.#slab?.key === key) return this.#slab;
    const count = Math.min(together, slices - first);
    // Shared by overlapping reads, so none of their signals cancels it.
    const values = this.#gather({ ...request, frame }, count, undefined);
    const slab = { key, frame, values };
    this.#slab = slab;
    // A failed read is tried again.
    values.catch(() => {
      if (this.#slab === slab) this.#slab = undefined;
    });
    return slab;
  }

  async #gather(
    request: CheckedRequest,
    slices: number,
    signal: AbortSignal | undefined,
  ): Promise<Samples> {
    const { region, bands } = request;
    const length = slices * region.width * region.height * bands.length;
    const target = newSamples(this.#sampleType, length);
    const asked = { ...request, slices };
    this.hasRounded =
      (await gatherSlices(this.#stored, this.#volume, asked, target, signal)) || this.hasRounded;
    return target;
  }
}
