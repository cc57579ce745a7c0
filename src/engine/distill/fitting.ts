import { fitGraph, fittedBlock, segmentEnds } from '../../core/distill/fit.ts';
import { partSizes } from '../../core/distill/train-step.ts';
import type { NormalEquations } from '../../core/distill/fit.ts';
import { toPlanes } from '../../core/distill/views.ts';
import { UserError } from '../../core/errors.ts';
import type { Tensor } from '../../core/tensor.ts';
import { tokenCount } from '../../core/vit/architecture.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import type { Executor, LoadedGraph } from '../../runtime/executor.ts';
import { breathe, PhaseProgress, throwIfCancelled } from '../job.ts';
import type { JobContext } from '../job.ts';
import { imagesAtOnce } from './training.ts';
import type { NumberedView, ViewSource } from '../images/view-source.ts';
import { trainingText } from '../../text/index.ts';

/**
 * Number of tokens to fit on: many times the unknowns of one output, little work compared with the training.
 */
export const tokensToFit = 50_000;

export interface FitPlan {
  readonly teacher: VitModel;
  readonly copy: VitModel;
  /** Indices of the teacher's blocks that were copied. */
  readonly blocks: readonly number[];
  /** Different views per image. */
  readonly views: number;
}

/** Fits each block of the copy to its segment of the teacher; see core/distill/fit. */
export async function fitCopy(
  plan: FitPlan,
  source: ViewSource,
  executor: Executor,
  context: JobContext,
): Promise<VitModel> {
  const { teacher, copy, blocks } = plan;
  const parts = partSizes(imagesToFit(plan, source.count), imagesAtOnce(executor, teacher));
  const progress = new PhaseProgress(context, 'fit', blocks.length * parts.length);
  const ends = segmentEnds(blocks, teacher.architecture.depth);
  let student = copy;
  for (const [block, end] of ends.entries()) {
    // A block with no skipped blocks after it is already exact if all earlier ones are.
    if (student === copy && end === blocks[block]) continue;
    const graphs = new Map<number, LoadedGraph>();
    const { mlpWidth, width } = copy.architecture;
    const sums: NormalEquations = {
      gram: new Float64Array((mlpWidth + 1) ** 2),
      cross: new Float64Array((mlpWidth + 1) * width),
    };
    try {
      for (const part of new Set(parts)) {
        graphs.set(part, await executor.load(fitGraph(teacher, student, block, end, part)));
      }
      let first = 0;
      for (const [index, part] of parts.entries()) {
        throwIfCancelled(context);
        const drawn = drawPart(plan, source, first, part);
        first += part;
        source.expect?.(viewsOfPart(plan, source, first, parts[index + 1] ?? 0));
        const images = await drawn;
        const graph = graphs.get(part);
        if (!graph) throw new Error(`no graph for parts of ${part}`);
        const results = await graph.run({ images });
        for (const name of ['gram', 'cross'] as const) {
          const { data } = (await results.get(name)?.read()) ?? { data: new Float32Array() };
          const sum = sums[name];
          for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (data[i] ?? NaN);
        }
        for (const result of results.values()) result.dispose();
        progress.advance(block * parts.length + index + 1);
        await breathe();
      }
    } finally {
      await Promise.all([...graphs.values()].map((graph) => graph.dispose()));
    }
    requireFinite(sums, block);
    student = fittedBlock(student, block, sums);
  }
  return student;
}

/** @throws UserError 'diverged' if the device produced NaN or infinite values */
function requireFinite({ gram, cross }: NormalEquations, block: number): void {
  if (gram.every(Number.isFinite) && cross.every(Number.isFinite)) return;
  throw new UserError('diverged', trainingText.blockNotFitted(block + 1));
}

/** Returns the number of images with enough tokens, each view used at most once: the same on every device. */
function imagesToFit({ teacher, views }: FitPlan, images: number): number {
  return Math.min(Math.ceil(tokensToFit / tokenCount(teacher.architecture)), images * views);
}

/** Views in order: all images once, then their next views. */
function viewsOfPart(
  { views }: FitPlan,
  { count }: ViewSource,
  first: number,
  part: number,
): NumberedView[] {
  return Array.from({ length: part }, (_, index) => {
    const position = first + index;
    return { image: position % count, view: Math.floor(position / count) % views };
  });
}

async function drawPart(
  plan: FitPlan,
  source: ViewSource,
  first: number,
  part: number,
): Promise<Tensor> {
  const { imageSize, channels } = plan.teacher.architecture;
  const size = imageSize * imageSize * channels;
  const data = new Float32Array(part * size);
  const drawn = await Promise.all(
    viewsOfPart(plan, source, first, part).map(({ image, view }) => source.draw(image, view)),
  );
  for (const [index, view] of drawn.entries()) {
    toPlanes(view, 1, imageSize, channels, data.subarray(index * size, (index + 1) * size));
  }
  return { shape: [part, channels, imageSize, imageSize], data };
}
