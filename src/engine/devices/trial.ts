import type {
  DeviceName,
  Precision,
  TeacherOverrides,
  WrittenPreparation,
} from '../../contract/jobs.ts';
import { trainStep } from '../../core/distill/train-step.ts';
import { constant, input, matmul } from '../../core/graph/build.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import { adapterLayout } from '../../core/lora/adapters.ts';
import { copyBlocks } from '../../core/vit/copy.ts';
import { readResult } from '../../runtime/executor.ts';
import { defaultThreads } from '../../runtime/threads.ts';
import { shareOf, watchOthers } from '../other-work.ts';
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
  /** What a person corrected of it. */
  readonly overrides?: TeacherOverrides;
  /** Of the teacher, those that the student has. */
  readonly blocks: readonly number[];
  readonly rank: number;
  /** Images of a step. */
  readonly batch: number;
  readonly precision: Precision;
  /** Side of the input, px. */
  readonly imageSize: number;
  /** What is seen of images; red, green and blue by default. */
  readonly preparation?: WrittenPreparation;
}

/** How long a device is tried. */
const trial: Patience = { runs: 3, ms: 2000 };

/** What came of one. */
export interface TrialOutcome {
  /** With nothing else to do. */
  readonly imagesPerSecond: number;
  /** Share of the processors that other programs left free meanwhile, (0, 1]. */
  readonly free: number;
}

/**
 * Images a second in real steps of a student, forward and backward, in parts that suit the device.
 *
 * @throws UserError 'device' where there is no such device or it fails
 */
export async function tryDevice(request: TrialRequest): Promise<TrialOutcome> {
  const { device, threads, blocks, rank, batch, imageSize, precision } = request;
  const executor = openExecutor(device, threads, await memoryOf(device, threads), precision);
  const { overrides = {}, preparation } = request;
  const { model: teacher } = await openTeacher(request.teacher, overrides, {
    imageSize,
    preparation: preparation && preparationOf(preparation),
  });
  const copy = copyBlocks(teacher, blocks);
  const plan = { copy, layout: adapterLayout(copy.architecture, rank) };
  const images = Math.min(batch, imagesAtOnce(executor, teacher, blocks.length));
  const freeShare = watchOthers(threads);
  const seconds = await secondsAnImage(executor, trainStep(plan, images), images, trial);
  const free = freeShare();
  return { imagesPerSecond: 1 / (seconds * shareOf(device, free)), free };
}

/** Side of the matrices that a device multiplies to show that it is there. */
const side = 512;

/**
 * Billions of operations a second in a small product, the way there and back included: what an idle GPU does a hundred
 * times faster than a stand-in by software.
 *
 * @throws UserError 'device' where there is no such device or it fails
 */
export async function reachDevice(device: DeviceName): Promise<number> {
  const shape = [side, side];
  const matrix = { shape, data: new Float32Array(side * side).fill(0.01) };
  const product = matmul(input('x', shape), constant(matrix));
  const outputs = new Map([['y', product]]);
  const graph = await openExecutor(device, defaultThreads()).load({ name: 'reach', outputs });
  let best = Infinity;
  try {
    for (let run = 0; run < 3; run++) {
      const start = performance.now();
      await readResult(await graph.run({ x: matrix }), 'y');
      best = Math.min(best, performance.now() - start);
    }
  } finally {
    await graph.dispose();
  }
  return (2 * side ** 3) / best / 1e6;
}
