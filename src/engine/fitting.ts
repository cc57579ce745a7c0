import { fitGraph, fittedBlock, segmentEnds } from '../core/distill/fit.ts';
import type { NormalEquations } from '../core/distill/fit.ts';
import { toPlanes } from '../core/distill/views.ts';
import { UserError } from '../core/errors.ts';
import { tokenCount } from '../core/vit/architecture.ts';
import type { VitModel } from '../core/vit/weights.ts';
import type { Executor } from '../runtime/executor.ts';
import { breathe, PhaseProgress, throwIfCancelled } from './job.ts';
import type { JobContext } from './job.ts';
import { imagesAtOnce } from './training.ts';
import type { ViewSource } from './view-source.ts';

/** Tokens to fit on: many times the unknowns of one output, little work beside the training. */
export const tokensToFit = 50_000;

export interface FitPlan {
  readonly teacher: VitModel;
  readonly copy: VitModel;
  /** The teacher's blocks that were copied. */
  readonly blocks: readonly number[];
  /** Different ones an image. */
  readonly views: number;
}

/** The copy with each block fitted to its stretch of the teacher; see core/distill/fit. */
export async function fitCopy(
  plan: FitPlan,
  source: ViewSource,
  executor: Executor,
  context: JobContext,
): Promise<VitModel> {
  const { teacher, copy, blocks } = plan;
  const part = imagesAtOnce(executor, teacher);
  const parts = partsToFit(plan, source.count, part);
  const progress = new PhaseProgress(context, 'fit', blocks.length * parts);
  const ends = segmentEnds(blocks, teacher.architecture.depth);
  let student = copy;
  for (const [block, end] of ends.entries()) {
    // A block that nothing was skipped after is what it should be, if all before it are too.
    if (student === copy && end === blocks[block]) continue;
    const graph = await executor.load(fitGraph(teacher, student, block, end, part));
    const { mlpWidth, width } = copy.architecture;
    const sums: NormalEquations = {
      gram: new Float64Array((mlpWidth + 1) ** 2),
      cross: new Float64Array((mlpWidth + 1) * width),
    };
    try {
      for (let index = 0; index < parts; index++) {
        throwIfCancelled(context);
        const images = await drawPart(plan, source, index, part);
        const results = await graph.run({ images });
        for (const name of ['gram', 'cross'] as const) {
          const { data } = (await results.get(name)?.read()) ?? { data: new Float32Array() };
          const sum = sums[name];
          for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (data[i] ?? NaN);
        }
        for (const result of results.values()) result.dispose();
        progress.advance(block * parts + index + 1);
        await breathe();
      }
    } finally {
      await graph.dispose();
    }
    requireFinite(sums, block);
    student = fittedBlock(student, block, sums);
  }
  return student;
}

/** @throws UserError 'diverged' where the device made no numbers of the images */
function requireFinite({ gram, cross }: NormalEquations, block: number): void {
  if (gram.every(Number.isFinite) && cross.every(Number.isFinite)) return;
  throw new UserError(
    'diverged',
    `Block ${block + 1} of the student could not be fitted: what was computed are no numbers. Begin at the plain copy instead (--start copy).`,
  );
}

/** Parts of images that make enough tokens, without drawing a view twice. */
function partsToFit({ teacher, views }: FitPlan, images: number, part: number): number {
  const wanted = tokensToFit / tokenCount(teacher.architecture);
  return Math.max(1, Math.ceil(Math.min(wanted, images * views) / part));
}

async function drawPart(
  { teacher, views }: FitPlan,
  source: ViewSource,
  index: number,
  part: number,
): Promise<{ shape: number[]; data: Float32Array }> {
  const { imageSize, channels } = teacher.architecture;
  const size = imageSize * imageSize * channels;
  const bytes = new Uint8Array(part * size);
  for (let i = 0; i < part; i++) {
    const position = index * part + i;
    const image = position % source.count;
    const view = Math.floor(position / source.count) % views;
    bytes.set(await source.draw(image, view), i * size);
  }
  const data = new Float32Array(bytes.length);
  toPlanes(bytes, part, imageSize, channels, data);
  return { shape: [part, channels, imageSize, imageSize], data };
}
