import { toPlanes } from '../../../core/distill/views.ts';
import { gridSize } from '../../../core/vit/architecture.ts';
import type { VitArchitecture } from '../../../core/vit/architecture.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { readResult } from '../../../runtime/executor.ts';
import type { LoadedGraph } from '../../../runtime/executor.ts';
import type { CropPool } from './crop-pool.ts';

/**
 * Outputs of a frozen encoder for the crops of a pool, each computed once and kept while there is room.
 */
export class PatchCache {
  readonly #pool: CropPool;
  readonly #encoder: LoadedGraph;
  /** Shape (P, 2·D). */
  readonly #shape: readonly [number, number];
  readonly #architecture: VitArchitecture;
  readonly #kept = new Map<number, Float32Array>();
  #freeBytes: number;

  /**
   * Cache for a pool.
   *
   * @param encoder graph `images` → `patches`, any batch
   * @param bytes budget of the cache
   */
  constructor(pool: CropPool, encoder: LoadedGraph, architecture: VitArchitecture, bytes: number) {
    this.#pool = pool;
    this.#encoder = encoder;
    this.#shape = [gridSize(architecture) ** 2, 2 * architecture.width];
    this.#architecture = architecture;
    this.#freeBytes = bytes;
  }

  /** Outputs for these crops, (B, P, 2·D). */
  async patches(crops: readonly number[]): Promise<Tensor> {
    const [patches, width] = this.#shape;
    const size = patches * width;
    const data = new Float32Array(crops.length * size);
    const missing = crops.filter((crop) => !this.#kept.has(crop));
    const fresh = await this.#compute(missing);
    crops.forEach((crop, index) => {
      data.set(this.#kept.get(crop) ?? fresh.get(crop) ?? [], index * size);
    });
    for (const [crop, values] of fresh) {
      if (values.byteLength > this.#freeBytes) continue;
      this.#freeBytes -= values.byteLength;
      this.#kept.set(crop, values);
    }
    return { shape: [crops.length, patches, width], data };
  }

  async #compute(crops: readonly number[]): Promise<Map<number, Float32Array>> {
    if (crops.length === 0) return new Map();
    const drawn = await Promise.all(crops.map((crop) => this.#pool.get(crop)));
    const images = cropsToTensor(
      drawn.map(({ pixels }) => pixels),
      this.#architecture,
    );
    const { data } = await readResult(await this.#encoder.run({ images }), 'patches');
    const size = data.length / crops.length;
    return new Map(
      crops.map((crop, index) => [crop, data.slice(index * size, (index + 1) * size)]),
    );
  }
}

/** Converts crops of bytes (S, S, C) to (B, C, S, S) in [0, 1]. */
export function cropsToTensor(
  crops: readonly Uint8Array[],
  { imageSize, channels }: Pick<VitArchitecture, 'imageSize' | 'channels'>,
): Tensor {
  const size = imageSize * imageSize * channels;
  const bytes = new Uint8Array(crops.length * size);
  crops.forEach((crop, index) => {
    bytes.set(crop, index * size);
  });
  const data = new Float32Array(bytes.length);
  toPlanes(bytes, crops.length, imageSize, channels, data);
  return { shape: [crops.length, channels, imageSize, imageSize], data };
}
