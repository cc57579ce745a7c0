import type {
  DeviceName,
  Precision,
  TeacherOverrides,
  WrittenPreparation,
} from '../../contract/jobs.ts';
import { trainStep } from '../../core/distill/train-step.ts';
import { constant, input, matmul } from '../../core/graph/build.ts';
import { preparationOf } from '../../core/image/preparation.ts';
import { adapterLayout } from '../../core/vit/adapters.ts';
import { copyBlocks } from '../../core/vit/copy.ts';
import { readResult } from '../../runtime/executor.ts';
import { defaultThreads } from '../../runtime/threads.ts';
import { shareOf, watchOthers } from '../devices/cpu-contention.ts';
import { secondsAnImage } from './speed.ts';
import type { TimingLimits } from './speed.ts';
import { openTeacher } from '../teachers/teacher.ts';
import { imagesAtOnce } from '../distill/training.ts';
import { memoryOf } from '../devices/device-memory.ts';
import { openExecutor } from '../devices/open-executor.ts';

/** The training step that a device is timed with. */
export interface TrialRequest {
  readonly device: DeviceName;
  readonly threads: number;
  readonly teacher: string;
  /** The user's corrections of the teacher's properties. */
  readonly overrides?: TeacherOverrides;
  /** Indices of the teacher's blocks that the student keeps. */
  readonly blocks: readonly number[];
  readonly rank: number;
  /** Images per step. */
  readonly batch: number;
  readonly precision: Precision;
  /** Side of the input, px. */
  readonly imageSize: number;
  /** Bands and range of the images; red, green and blue by default. */
  readonly preparation?: WrittenPreparation;
}

/** Duration of a trial. */
const trial: TimingLimits = { runs: 3, ms: 2000 };

/** Result of a trial. */
export interface TrialOutcome {
  /** Speed on an idle computer. */
  readonly imagesPerSecond: number;
  /** Share of the processors that other programs left free during the measurement, (0, 1]. */
  readonly free: number;
}

/**
 * Measures images per second in real training steps of a student, forward and backward, in parts that suit the device.
 *
 * @throws UserError 'device' if the device does not exist or fails
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

/** Side of the matrices in the check for a device. */
const side = 512;

/**
 * Billions of operations per second in a small product, transfers included; an idle GPU is about a hundred times faster
 * than a software emulation.
 *
 * @throws UserError 'device' if the device does not exist or fails
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
