import { UserError } from '../../core/errors.ts';
import { commonText } from '../../text/index.ts';
import { sampleBytes } from './sample-arrays.ts';
import type { ImageFile, ImageHeader, ReadRequest, Samples } from './image-file.ts';

/** Statistics of all finite stored values, over every frame and band. */
export interface RasterStatistics {
  /** NaN if no value is finite, as are `max` and `mean`. */
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Number of counted values. */
  readonly count: number;
  /** Number of NaN values; excluded from all other statistics, like infinite values. */
  readonly notANumber: number;
  readonly infinite: number;
}

type Region = Required<ReadRequest>['region'];

/** Decoded bytes in memory at a time. */
const regionBytes = 32 * 2 ** 20;
/** Tiles are multiples of this, most of them of 256 or 512 px. */
const rowStep = 256;
/** Number of 32-bit integers whose sum is exact in a double. */
const exactRun = 2 ** 20;
/** Values beyond this are scaled before they are summed, so that the sum does not overflow. */
const huge = 2 ** 960;
const scale = 2 ** 128;

/**
 * Reads a file region by region at full resolution and returns minimum, maximum and mean of its stored values: not
 * rescaled, and with nodata values counted like any other. Sums are compensated (Neumaier 1974), so the mean is
 * accurate to the last digits.
 *
 * @throws UserError as `ImageFile.read`, 'cancelled'
 */
export async function rasterStatistics(
  file: ImageFile,
  signal?: AbortSignal,
): Promise<RasterStatistics> {
  const sums = new Sums();
  for (let frame = 0; frame < file.header.frames; frame++) {
    for (const region of regionsOf(file.header)) {
      if (signal?.aborted === true) throw new UserError('cancelled', commonText.stopped);
      const request = signal === undefined ? { frame, region } : { frame, region, signal };
      sums.add((await file.read(request)).data);
    }
  }
  return sums.result();
}

/** Returns regions that cover a frame: whole rows, or squares if rows are very long. */
export function* regionsOf({
  width,
  height,
  bands,
  sampleType,
}: Pick<ImageHeader, 'width' | 'height' | 'bands' | 'sampleType'>): Generator<Region> {
  const pixels = Math.max(1, Math.floor(regionBytes / (bands * sampleBytes[sampleType])));
  const isNarrow = pixels >= width * Math.min(rowStep, height);
  const side = wholeSteps(Math.floor(Math.sqrt(pixels)));
  const stepX = isNarrow ? width : side;
  const stepY = isNarrow ? wholeSteps(Math.floor(pixels / width)) : side;
  for (let y = 0; y < height; y += stepY) {
    for (let x = 0; x < width; x += stepX) {
      yield { x, y, width: Math.min(stepX, width - x), height: Math.min(stepY, height - y) };
    }
  }
}

/** Rounds down to whole tiles if there is at least one. */
function wholeSteps(pixels: number): number {
  return pixels < rowStep ? pixels : Math.floor(pixels / rowStep) * rowStep;
}

class Sums {
  #min = Infinity;
  #max = -Infinity;
  #count = 0;
  #notANumber = 0;
  #infinite = 0;
  readonly #plain = new CompensatedSum();
  readonly #scaled = new CompensatedSum();

  add(values: Samples): void {
    const isFloat = values instanceof Float32Array || values instanceof Float64Array;
    if (isFloat) this.#addFloats(values);
    else this.#addWhole(values);
  }

  result(): RasterStatistics {
    const count = this.#count;
    const counts = { count, notANumber: this.#notANumber, infinite: this.#infinite };
    if (count === 0) return { min: NaN, max: NaN, mean: NaN, ...counts };
    const mean = this.#plain.value() / count + (this.#scaled.value() / count) * scale;
    return { min: this.#min, max: this.#max, mean, ...counts };
  }

  #addWhole(values: Exclude<Samples, Float32Array | Float64Array>): void {
    for (let start = 0; start < values.length; start += exactRun) {
      const end = Math.min(start + exactRun, values.length);
      let sum = 0;
      for (let i = start; i < end; i++) {
        const value = values[i] ?? 0;
        sum += value;
        if (value < this.#min) this.#min = value;
        if (value > this.#max) this.#max = value;
      }
      this.#plain.add(sum);
    }
    this.#count += values.length;
  }

  #addFloats(values: Float32Array | Float64Array): void {
    for (const value of values) {
      if (!Number.isFinite(value)) {
        if (Number.isNaN(value)) this.#notANumber++;
        else this.#infinite++;
        continue;
      }
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
      if (value > huge || value < -huge) this.#scaled.add(value / scale);
      else this.#plain.add(value);
      this.#count++;
    }
  }
}

/** A sum that also tracks the rounding error of every step. */
class CompensatedSum {
  #sum = 0;
  #rest = 0;

  add(value: number): void {
    const sum = this.#sum + value;
    const isLarger = Math.abs(this.#sum) >= Math.abs(value);
    this.#rest += isLarger ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
  }

  value(): number {
    return this.#sum + this.#rest;
  }
}
