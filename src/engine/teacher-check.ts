import type { InferredProperty } from '../contract/descriptions.ts';
import type { TeacherOverrides } from '../contract/jobs.ts';
import { UserError } from '../core/errors.ts';
import * as g from '../core/graph/build.ts';
import type { Value } from '../core/graph/ops.ts';
import { simplify } from '../core/graph/rewrite.ts';
import { Random } from '../core/random.ts';
import type { Tensor } from '../core/tensor.ts';
import { embed, runBlocks } from '../core/vit/forward.ts';
import { resizeModel } from '../core/vit/resize.ts';
import type { VitModel } from '../core/vit/weights.ts';
import { readResult } from '../runtime/executor.ts';
import type { Executor } from '../runtime/executor.ts';
import { openExecutor } from './devices/open-executor.ts';
import { breathe, throwIfCancelled } from './job.ts';
import type { JobContext } from './job.ts';
import { openAdaptedTeacher } from './teacher.ts';

/** A teacher to be tried before it is taken in. */
export interface CheckRequest {
  readonly file: string;
  readonly overrides: TeacherOverrides;
  /** What was inferred of it: said where something is wrong. */
  readonly inferred: readonly InferredProperty[];
}

/** Enough to see whether the teacher tells images apart. */
const images = 3;
/** Patches a side at most: what is wrong shows in small images too. */
const largestGrid = 16;
/** Of the tokens' root mean square; trained encoders lie between 0.01 and some hundreds. */
const ordinary = { least: 1e-5, most: 1e4 };
/** From a block to the next: residual branches add to what there is, so it grows by little. */
const mostGrowth = 1000;
/** Between tokens of different images, of their root mean square. */
const leastDifference = 1e-5;

/**
 * Runs a teacher once on a few drawn images, block by block, so that only one block at a time is in memory. What was read
 * wrongly by much shows here: numbers that are none or of an extraordinary size, or the same for every image.
 *
 * @throws UserError 'invalid-file' naming the block and what may be corrected, as `openAdaptedTeacher`, 'cancelled'
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
    if (!(error instanceof Strange)) throw error;
    const place =
      error.block < 0 ? 'the patch embedding' : `block ${error.block} of 0 to ${depth - 1}`;
    throw new UserError(
      'invalid-file',
      `${file}: on trial images ${place} ${error.what}. ${remedy(inferred)}`,
    );
  } finally {
    await teacher.close();
  }
}

/** What a block, or with -1 the patch embedding, does that none should. */
class Strange extends Error {
  override readonly name = 'Strange';
  readonly block: number;
  /** `gives numbers that are none` */
  readonly what: string;

  constructor(block: number, what: string) {
    super(`block ${block} ${what}`);
    this.block = block;
    this.what = what;
  }
}

/**
 * @param withBlock the encoder with one block of it alone
 * @throws Strange at the first block that does what none should
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
      const pixels = drawnImages(channels, imageSize);
      tokens = await runOnce(executor, pixels, (images) => embed(model, images));
      size = requireOrdinary(tokens, -1, undefined);
    }
    tokens = await runOnce(executor, tokens, (input) => runBlocks(model, input).at(-1));
    size = requireOrdinary(tokens, block, size);
    await breathe();
  }
}

/** What a graph of one input and one output makes of an input. */
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
function requireOrdinary({ data }: Tensor, block: number, before: number | undefined): number {
  let squares = 0;
  let differences = 0;
  const each = data.length / images;
  for (let at = 0; at < data.length; at++) {
    const value = data[at] ?? 0;
    squares += value * value;
    differences += (value - (data[(at + each) % data.length] ?? 0)) ** 2;
  }
  const size = Math.sqrt(squares / data.length);
  if (!Number.isFinite(size)) throw new Strange(block, 'gives numbers that are none');
  const said = Number(size.toPrecision(2));
  if (size > ordinary.most || size < ordinary.least) {
    throw new Strange(block, `gives values of about ${said}, and ordinary ones lie around 1`);
  }
  if (before !== undefined && size > mostGrowth * before) {
    const times = Number((size / before).toPrecision(2));
    throw new Strange(block, `gives values ${times} times as large as what it was given`);
  }
  if (Math.sqrt(differences / data.length) < leastDifference * size) {
    throw new Strange(block, 'gives the same whatever the image shows');
  }
  return size;
}

function remedy(inferred: readonly InferredProperty[]): string {
  const unsure = inferred.filter(({ source }) => source === 'family' || source === 'guess');
  const named = [...new Set(unsure.map(({ sentence }) => sentence))];
  if (named.length === 0) return 'The file may be damaged, or its training may have failed.';
  return `Nothing said so, and it was taken: ${named.join('; ')}. Correct what is wrong of that (heads, epsilon, activation, pooling, mean, deviation); if all of it is right, the file may be damaged.`;
}

/** Smooth images of some waves each, (B, C, S, S) in [0, 1], always the same. */
function drawnImages(channels: number, side: number): Tensor {
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
