import { centreView, toPlanes } from '../core/distill/views.ts';
import type { Framing } from '../core/distill/views.ts';
import type { Preparation } from '../core/image/preparation.ts';
import { mapConcurrently } from '../formats/concurrently.ts';
import { readImage } from '../formats/images.ts';
import type { FoundImage, ImageProblem } from '../formats/labelled-images.ts';
import type { Tensor } from '../core/tensor.ts';
import { throwIfCancelled, breathe } from './job.ts';
import type { JobContext } from './job.ts';
import { decodersAtOnce, skip } from './raster-store.ts';

/** Images that go through a model at a time: enough to fill a processor, little memory. */
export const inferenceBatch = 16;

/** What a model is fed: how an image becomes its input. */
export interface InputForm {
  readonly imageSize: number;
  readonly channels: number;
  readonly framing: Framing;
  readonly preparation: Preparation;
}

/** Some of the images that could be read, and their pixels (B, C, S, S) in [0, 1]. */
export interface ImageBatch<T> {
  readonly images: readonly T[];
  readonly pixels: Tensor;
}

/**
 * Reads images batch by batch, while the batch before is being computed. What cannot be read is
 * reported and left out.
 *
 * @param problems what was left out is added here
 */
export async function* readBatches<T extends FoundImage>(
  images: readonly T[],
  form: InputForm,
  problems: ImageProblem[],
  context: JobContext,
): AsyncGenerator<ImageBatch<T>> {
  const groups = Array.from({ length: Math.ceil(images.length / inferenceBatch) }, (_, index) =>
    images.slice(index * inferenceBatch, (index + 1) * inferenceBatch),
  );
  const start = (index: number): Promise<ImageBatch<T>> => {
    const batch = readBatch(groups[index] ?? [], form, problems, context);
    // A failure is thrown where the batch is awaited; until then it must not count as unhandled.
    batch.catch(() => undefined);
    return batch;
  };
  let next = start(0);
  for (let index = 0; index < groups.length; index++) {
    const batch = await next;
    if (index + 1 < groups.length) next = start(index + 1);
    throwIfCancelled(context);
    if (batch.images.length > 0) yield batch;
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

/** Matrices of the same width, one below the other. */
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
