import type { DeviceName } from '../../contract/jobs.ts';
import { trainStep } from '../../core/distill/train-step.ts';
import { add, constant, input } from '../../core/graph/build.ts';
import { adapterLayout } from '../../core/lora/adapters.ts';
import { copyBlocks } from '../../core/vit/copy.ts';
import { secondsAnImage } from '../speed.ts';
import type { Patience } from '../speed.ts';
import { openTeacher } from '../teacher.ts';
import { imagesAtOnce } from '../training.ts';
import { memoryOf } from './device-memory.ts';
import { openExecutor } from './open-executor.ts';

/** What a device is tried with: the step of this student. */
export interface TrialRequest {
  readonly device: DeviceName;
  readonly threads: number;
  readonly teacher: string;
  /** Of the teacher, those that the student has. */
  readonly blocks: readonly number[];
  readonly rank: number;
  /** Side of the input, px. */
  readonly imageSize: number;
}

/** How long a device is tried. */
const trial: Patience = { runs: 3, ms: 2000 };
/** Of a single image; the first run makes what the others use again. */
const taste: Patience = { runs: 2, ms: 0 };
/** What takes longer for a single image is not tried with more: a stand-in by software, say. Seconds. */
const slow = 1;

/**
 * Images a second in real steps of a student, forward and backward, in parts that suit the device.
 *
 * @throws UserError 'device' where there is no such device or it fails
 */
export async function tryDevice(request: TrialRequest): Promise<number> {
  const { device, threads, blocks, rank, imageSize } = request;
  await reachDevice(device);
  const executor = openExecutor(device, threads, await memoryOf(device));
  const { model: teacher } = await openTeacher(request.teacher, {}, imageSize);
  const copy = copyBlocks(teacher, blocks);
  const plan = { copy, layout: adapterLayout(copy.architecture, rank) };
  const time = (images: number, patience: Patience): Promise<number> =>
    secondsAnImage(executor, trainStep(plan, images), images, patience);
  const one = await time(1, taste);
  const parts = imagesAtOnce(executor, teacher, blocks.length);
  return 1 / (one > slow || parts === 1 ? one : await time(parts, trial));
}

/** Computes a sum on a device. @throws UserError 'device' where there is none or it fails */
export async function reachDevice(device: DeviceName): Promise<void> {
  const one = { shape: [1], data: Float32Array.of(1) };
  const sum = add(input('x', [1]), constant(one));
  const graph = await openExecutor(device, 1).load({
    name: 'reach',
    outputs: new Map([['y', sum]]),
  });
  for (const result of (await graph.run({ x: one })).values()) result.dispose();
  await graph.dispose();
}
