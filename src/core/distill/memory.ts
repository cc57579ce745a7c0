import { parameterCount, tokenCount } from '../vit/architecture.ts';
import type { VitArchitecture } from '../vit/architecture.ts';

/**
 * Estimates the peak memory of a distillation in bytes: the teacher's and the student's weights as float32,
 * each as read, as passed to the runtime and as packed by it, and what the student's forward pass keeps
 * for the backward pass of one part of a batch.
 *
 * Measured against it: with ViT-B/16 at 224 px, 6 of 12 blocks, 10 images per part, the benchmark's process used
 * 2.8 GB; the estimate is 2.8 GB.
 *
 * @param blocks number of blocks of the student
 * @param images number of images in one part of a batch
 */
export function trainingMemory(teacher: VitArchitecture, blocks: number, images: number): number {
  const { width, mlpWidth, heads } = teacher;
  const tokens = tokenCount(teacher);
  const weights = parameterCount(teacher) + parameterCount({ ...teacher, depth: blocks });
  const keptPerToken = 12 * width + 4 * mlpWidth + 2 * heads * tokens;
  return 4 * (3 * weights + keptPerToken * tokens * images * blocks);
}

/**
 * Images in one part of a batch: the number that suits the device, halved until the memory suffices; at least
 * one.
 *
 * @param suited number of images that suits the device, at least 1
 * @param memory of the device, bytes; undefined if unknown
 */
export function imagesWithin(
  teacher: VitArchitecture,
  blocks: number,
  suited: number,
  memory: number | undefined,
): number {
  let images = suited;
  while (images > 1 && !hasRoom(trainingMemory(teacher, blocks, images), memory)) {
    images = Math.ceil(images / 2);
  }
  return images;
}

/** Share of a device's memory that a run may use: other programs need some, and estimates are rough. */
const share = 0.8;

/** Memory of a device that one run may use, bytes. */
export function usableMemory(memory: number): number {
  return share * memory;
}

/** True if a device has room for the needed bytes; true if its memory is unknown. */
export function hasRoom(needed: number, memory: number | undefined): boolean {
  return memory === undefined || needed <= usableMemory(memory);
}

/**
 * Estimates the memory for a forward pass over the given number of images, in bytes: the weights twice, and the
 * tensors of one block, above all the attention of every token to every other, before and after its softmax.
 */
export function inferenceMemory(model: VitArchitecture, images: number): number {
  const { width, mlpWidth, heads } = model;
  const tokens = tokenCount(model);
  return (
    4 * (2 * parameterCount(model) + (8 * width + mlpWidth + 2 * heads * tokens) * tokens * images)
  );
}

/** Channels that a decoder's step keeps for its backward pass, each at full size, twice as it is concatenated. */
const keptChannels = 2 * 256;

/**
 * Estimates the memory of a decoder's training step per crop, in bytes.
 *
 * @param outputs number of classes, including the background
 */
export function decoderMemory({ imageSize }: VitArchitecture, outputs: number): number {
  return 4 * imageSize ** 2 * (keptChannels + 6 * outputs);
}
