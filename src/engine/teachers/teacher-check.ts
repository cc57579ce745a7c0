import type { InferredProperty } from '../../contract/descriptions.ts';
import type { TeacherOverrides } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import * as g from '../../core/graph/build.ts';
import type { Value } from '../../core/graph/ops.ts';
import { simplify } from '../../core/graph/rewrite.ts';
import { Random } from '../../core/random.ts';
import type { Tensor } from '../../core/tensor.ts';
import { embed, runBlocks } from '../../core/vit/forward.ts';
import { resizeModel } from '../../core/vit/resize.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import { readResult } from '../../runtime/executor.ts';
import type { Executor } from '../../runtime/executor.ts';
import { openExecutor } from '../devices/open-executor.ts';
import { breathe, throwIfCancelled } from '../job.ts';
import type { JobContext } from '../job.ts';
import { openAdaptedTeacher } from './teacher.ts';
import { teacherText } from '../../text/index.ts';

/** A teacher to try out before it is imported. */
export interface CheckRequest {
  readonly file: string;
  readonly overrides: TeacherOverrides;
  /** Properties inferred from the file, listed in the error message. */
  readonly inferred: readonly InferredProperty[];
}

/** Number of trial images: enough to see whether the teacher distinguishes images. */
const images = 3;
/** Most patches per side; errors show in small images too. */
const largestGrid = 16;
/**
 * Ordinary range of the tokens' root mean square; trained encoders are between 0.01 and some hundreds.
 */
const plausible = { least: 1e-5, most: 1e4 };
/**
 * Largest growth of the root mean square in one block: residual branches add to their input, so it grows little.
 */
const mostGrowth = 1000;
/** Smallest difference between tokens of different images, as a share of their root mean square. */
const leastDifference = 1e-5;

/**
 * Runs a teacher once on a few synthetic images, block by block, with one block in memory at a time. A badly misread
 * file shows here: NaN or infinite values, values of extraordinary size, or the same output for every image.
 *
 * @throws UserError 'invalid-file' naming the block and what may be corrected, 'cancelled', and the errors of
 * `openAdaptedTeacher`
 */
export async function checkTeacher(
  { file, overrides, inferred }: CheckRequest,
  context: JobContext,
): Promise<void> {
  const teacher = await openAdaptedTeacher(file, overrides);
  const { imageSize, patchSize, depth } = teacher.architecture;
  const side = Math.min(imageSize, largestGrid * patchSize);
  const withBlock = async (block: number): Promise<VitModel> =>
    resizeModel(await teacher.read([block]), side);
  try {
    await checkBlocks(depth, withBlock, openExecutor('cpu'), context);
  } catch (error) {
    if (!(error instanceof ImplausibleOutput)) throw error;
    const { block, what: fault } = error;
    throw new UserError(
      'invalid-file',
      teacherText.trialFailed(file, { block, depth, fault, advice: advice(inferred) }),
    );
  } finally {
    await teacher.close();
  }
}

/** Implausible output of a block, or of the patch embedding (block -1). */
class ImplausibleOutput extends Error {
  override readonly name = 'ImplausibleOutput';
  readonly block: number;
  /** Predicate of the sentence, such as `produces NaN or infinite values`. */
  readonly what: string;

  constructor(block: number, what: string) {
    super(`block ${block} ${what}`);
    this.block = block;
    this.what = what;
  }
}

/**
 * @param withBlock reads the encoder with only this block
 * @throws ImplausibleOutput at the first block with implausible output
 */
export async function checkBlocks(
  depth: number,
  withBlock: (block: number) => Promise<VitModel>,
  executor: Executor,
  context: Pick<JobContext, 'signal'>,
): Promise<void> {
  let tokens: Tensor | undefined;
  let size: number | undefined;
  for (let block = 0; block < depth; block++) {
    throwIfCancelled(context);
    const model = await withBlock(block);
    if (tokens === undefined) {
      const { channels, imageSize } = model.architecture;
      const pixels = trialImages(channels, imageSize);
      tokens = await runOnce(executor, pixels, (images) => embed(model, images));
      size = requirePlausible(tokens, -1, undefined);
    }
    tokens = await runOnce(executor, tokens, (input) => runBlocks(model, input).at(-1));
    size = requirePlausible(tokens, block, size);
    await breathe();
  }
}

/** Runs a graph of one input and one output on one input. */
async function runOnce(
  executor: Executor,
  input: Tensor,
  build: (value: Value) => Value | undefined,
): Promise<Tensor> {
  const output = build(g.input('x', input.shape));
  if (output === undefined) throw new Error('a block without an output');
  const graph = await executor.load(simplify({ name: 'trial', outputs: new Map([['y', output]]) }));
  try {
    return await readResult(await graph.run({ x: input }), 'y');
  } finally {
    await graph.dispose();
  }
}

/** @returns the tokens' root mean square */
function requirePlausible({ data }: Tensor, block: number, before: number | undefined): number {
  let squares = 0;
  let differences = 0;
  const each = data.length / images;
  for (let at = 0; at < data.length; at++) {
    const value = data[at] ?? 0;
    squares += value * value;
    differences += (value - (data[(at + each) % data.length] ?? 0)) ** 2;
  }
  const size = Math.sqrt(squares / data.length);
  if (!Number.isFinite(size)) throw new ImplausibleOutput(block, teacherText.notFinite);
  const rounded = Number(size.toPrecision(2));
  if (size > plausible.most || size < plausible.least) {
    throw new ImplausibleOutput(block, teacherText.extraordinarySize(rounded));
  }
  if (before !== undefined && size > mostGrowth * before) {
    const times = Number((size / before).toPrecision(2));
    throw new ImplausibleOutput(block, teacherText.extraordinaryGrowth(times));
  }
  if (Math.sqrt(differences / data.length) < leastDifference * size) {
    throw new ImplausibleOutput(block, teacherText.sameForEveryImage);
  }
  return size;
}

function advice(inferred: readonly InferredProperty[]): string {
  const unsure = inferred.filter(({ source }) => source === 'family' || source === 'guess');
  const named = [...new Set(unsure.map(({ sentence }) => sentence))];
  if (named.length === 0) return teacherText.mayBeDamaged;
  return teacherText.wereGuessed(named);
}

/** Returns smooth images of a few waves each, (B, C, S, S) in [0, 1], always the same. */
function trialImages(channels: number, side: number): Tensor {
  const random = new Random(1);
  const data = new Float32Array(images * channels * side * side);
  for (let plane = 0; plane < images * channels; plane++) {
    const [across, down] = [random.uniform(0.5, 4), random.uniform(0.5, 4)];
    const [phase, level] = [random.uniform(0, 2 * Math.PI), random.uniform(0.35, 0.65)];
    for (let at = 0; at < side * side; at++) {
      const turn = ((at % side) * across + Math.floor(at / side) * down) / side;
      data[plane * side * side + at] = level + 0.3 * Math.sin(2 * Math.PI * turn + phase);
    }
  }
  return { shape: [images, channels, side, side], data };
}
