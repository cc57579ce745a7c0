import { inferenceMemory } from '../../core/distill/memory.ts';
import { centreView, toPlanes } from '../../core/distill/views.ts';
import type { Framing } from '../../core/distill/views.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import { mapConcurrently } from '../../formats/files/concurrently.ts';
import { readImage } from '../../formats/images.ts';
import type { FoundImage, ImageProblem } from '../../formats/labels/labelled-images.ts';
import type { Tensor } from '../../core/tensor.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import type { Executor } from '../../runtime/executor.ts';
import { throwIfCancelled, breathe } from '../job.ts';
import type { JobContext } from '../job.ts';
import { decodersAtOnce, skip } from '../images/raster-store.ts';

/** Batch size for models with small inputs: large enough to keep a CPU busy, small enough to need little memory. */
export const inferenceBatch = 16;

/** Share of the memory for activations of inference; several models are open at a time. */
const inferenceShare = 0.1;
/**
 * Upper limit for activations, bytes: larger batches are no faster. Free memory plays no part, because batch sizes
 * affect the last bits of results.
 */
const mostInferenceBytes = 192 * 2 ** 20;

/**
 * Returns the batch size for an encoder, [1, 16]: as many images as fit the memory. Attention grows with the square
 * of the tokens: at 518 px, images of 1,370 tokens take 115 MB each in a model of six heads.
 */
export function imagesToInfer(
  architecture: VitArchitecture,
  { memoryBytes = Infinity }: Pick<Executor, 'memoryBytes'> = {},
): number {
  const each = inferenceMemory(architecture, 1) - inferenceMemory(architecture, 0);
  const room = Math.min(inferenceShare * memoryBytes, mostInferenceBytes);
  return Math.min(inferenceBatch, Math.max(1, Math.floor(room / each)));
}

/**
 * Returns the batch size for an exported model, of which only the input side is known: as many pixels as 16 images of
 * 256 px.
 */
export function imagesOfSide(imageSize: number): number {
  return Math.min(inferenceBatch, Math.max(1, Math.floor(inferenceBatch * (256 / imageSize) ** 2)));
}

/** Conversion of an image to a model's input. */
export interface InputForm {
  /** Batch size; by default one that suits the side of the input. */
  readonly batch?: number | undefined;
  readonly imageSize: number;
  readonly channels: number;
  readonly framing: Framing;
  readonly preparation: Preparation;
}

/** A batch of readable images, and their pixels (B, C, S, S) in [0, 1]. */
export interface ImageBatch<T> {
  readonly images: readonly T[];
  readonly pixels: Tensor;
}

/**
 * Reads images batch by batch while the previous batch is computed. Unreadable images are reported and left out.
 *
 * @param problems receives the images that were left out
 */
export async function* readBatches<T extends FoundImage>(
  images: readonly T[],
  form: InputForm,
  problems: ImageProblem[],
  context: JobContext,
): AsyncGenerator<ImageBatch<T>> {
  const batch = form.batch ?? imagesOfSide(form.imageSize);
  const groups = Array.from({ length: Math.ceil(images.length / batch) }, (_, index) =>
    images.slice(index * batch, (index + 1) * batch),
  );
  const start = (index: number): Promise<ImageBatch<T>> => {
    const reading = readBatch(groups[index] ?? [], form, problems, context);
    // A failure is thrown where the batch is awaited; until then it must not count as unhandled.
    reading.catch(() => undefined);
    return reading;
  };
  let next = start(0);
  for (let index = 0; index < groups.length; index++) {
    const read = await next;
    if (index + 1 < groups.length) next = start(index + 1);
    throwIfCancelled(context);
    if (read.images.length > 0) yield read;
    await breathe();
  }
}

async function readBatch<T extends FoundImage>(
  images: readonly T[],
  { imageSize, channels, framing, preparation }: InputForm,
  problems: ImageProblem[],
  context: JobContext,
): Promise<ImageBatch<T>> {
  const views = await mapConcurrently(images, decodersAtOnce, async (image) => {
    try {
      const raster = await readImage(image, preparation, context.signal);
      return { image, bytes: centreView(raster, imageSize, framing).data };
    } catch (error) {
      problems.push(skip(image, error, context));
      return undefined;
    }
  });
  const readable = views.filter((view) => view !== undefined);
  const size = imageSize * imageSize * channels;
  const bytes = new Uint8Array(readable.length * size);
  readable.forEach((view, index) => {
    bytes.set(view.bytes, index * size);
  });
  const data = new Float32Array(bytes.length);
  toPlanes(bytes, readable.length, imageSize, channels, data);
  return {
    images: readable.map(({ image }) => image),
    pixels: { shape: [readable.length, channels, imageSize, imageSize], data },
  };
}

/** Stacks matrices of equal width vertically. */
export function stackRows(parts: readonly Tensor[]): Tensor {
  const columns = parts[0]?.shape[1] ?? 0;
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let offset = 0;
  for (const part of parts) {
    data.set(part.data, offset);
    offset += part.data.length;
  }
  return { shape: [columns === 0 ? 0 : data.length / columns, columns], data };
}

/** Pixels as bytes, (B, C, S, S): a quarter of their size as float32. */
export interface PackedPixels {
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** @param pixels in [0, 1], in steps of 1/255 as images are read */
export function packPixels({ shape, data }: Tensor): PackedPixels {
  return { shape, bytes: Uint8Array.from(data, (value) => Math.round(255 * value)) };
}

/** Unpacks pixels to the original float32 values, bit for bit. */
export function unpackPixels({ shape, bytes }: PackedPixels): Tensor {
  return { shape, data: Float32Array.from(bytes, (value) => value / 255) };
}
