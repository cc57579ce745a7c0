import { parameterCount, tokenCount } from '../vit/architecture.ts';
import type { VitArchitecture } from '../vit/architecture.ts';

/**
 * Bytes that a distillation will need at its peak, roughly: the teacher's and the student's weights as
 * float32, each as read, handed over and packed by the runtime, and what the student's forward pass keeps
 * for the backward pass of one part of a batch.
 *
 * Measured against it: ViT-B/16 at 224 px, 6 of 12 blocks, 10 images a part: the benchmark's process came to
 * 2.8 GB, the estimate is 2.8 GB.
 *
 * @param blocks of the student
 * @param images in one part of a batch
 */
export function trainingMemory(teacher: VitArchitecture, blocks: number, images: number): number {
  const { width, mlpWidth, heads } = teacher;
  const tokens = tokenCount(teacher);
  const weights = parameterCount(teacher) + parameterCount({ ...teacher, depth: blocks });
  const keptPerToken = 12 * width + 4 * mlpWidth + 2 * heads * tokens;
  return 4 * (3 * weights + keptPerToken * tokens * images * blocks);
}

/**
 * Images in one part of a batch: as many as suit the device, and where its memory has no room for them half as many,
 * again and again; at least one.
 *
 * @param suited images that suit the device, at least 1
 * @param memory of the device, bytes; unknown without
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

/** Others draw on a device's memory as well, and estimates are rough. */
const share = 0.8;

/** Of a device's memory, what one run may take, bytes. */
export function roomOf(memory: number): number {
  return share * memory;
}

/** Whether a device has room for what is needed, bytes; one of unknown memory is taken to have it. */
export function hasRoom(needed: number, memory: number | undefined): boolean {
  return memory === undefined || needed <= roomOf(memory);
}

/**
 * Bytes that a model needs to see so many images at a time, roughly: its weights twice, and what the block at work
 * holds, above all the attention of every token to every other, before and after its softmax.
 */
export function inferenceMemory(model: VitArchitecture, images: number): number {
  const { width, mlpWidth, heads } = model;
  const tokens = tokenCount(model);
  return (
    4 * (2 * parameterCount(model) + (8 * width + mlpWidth + 2 * heads * tokens) * tokens * images)
  );
}

/** Channels that the step of a decoder keeps for its backward pass, each at full size, twice as it is joined. */
const keptChannels = 2 * 256;

/**
 * Bytes that the step of a decoder needs for each crop, roughly.
 *
 * @param outputs classes and the background
 */
export function decoderMemory({ imageSize }: VitArchitecture, outputs: number): number {
  return 4 * imageSize ** 2 * (keptChannels + 6 * outputs);
}
