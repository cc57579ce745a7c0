import { UserError } from '../errors.ts';
import type { Tensor } from '../tensor.ts';
import type { VitModel } from './weights.ts';
import { encoderText } from '../../text/index.ts';

/**
 * Indices of the blocks that a skip factor keeps: 0, r, 2r, … (WeCoLoRA, arXiv 2404.09326, section 3).
 *
 * @param depth number of the teacher's blocks
 * @param skip r, an integer from 1 (all blocks) to `depth` (only the first)
 * @throws UserError if r is out of range
 */
export function keptBlocks(depth: number, skip: number): readonly number[] {
  if (!Number.isSafeInteger(skip) || skip < 1 || skip > depth) {
    throw new UserError('invalid-option', encoderText.skipOutOfRange(depth, skip));
  }
  return Array.from({ length: Math.ceil(depth / skip) }, (_, index) => index * skip);
}

/**
 * Copies weights to a student made of the given teacher blocks, in order, with the teacher's patch embedding,
 * prefix tokens, positions and norms. Tensors are shared, not copied.
 *
 * @param blocks indices into the teacher's blocks, ascending, without repeats
 * @throws UserError if the list is empty, out of range or not ascending
 */
export function copyBlocks(teacher: VitModel, blocks: readonly number[]): VitModel {
  const { depth } = teacher.architecture;
  const ascending = blocks.every((block, index) => index === 0 || block > (blocks[index - 1] ?? 0));
  const inRange = blocks.every(
    (block) => Number.isSafeInteger(block) && block >= 0 && block < depth,
  );
  if (blocks.length === 0 || !ascending || !inRange) {
    throw new UserError('invalid-option', encoderText.wrongBlocks(depth, blocks));
  }
  const weights = new Map<string, Tensor>();
  for (const [name, weight] of teacher.weights) {
    const [, number, rest] = /^blocks\.(\d+)\.(.*)$/.exec(name) ?? [];
    if (number === undefined || rest === undefined) {
      weights.set(name, weight);
      continue;
    }
    const position = blocks.indexOf(Number(number));
    if (position >= 0) weights.set(`blocks.${position}.${rest}`, weight);
  }
  return {
    ...teacher,
    architecture: { ...teacher.architecture, depth: blocks.length },
    weights,
  };
}
