import type { Judgement } from '../../contract/judgement.ts';
import { percent } from '../figures.ts';

/** Compares a student's costs with its teacher's: `has 50 % of its size and needs 53 % of its time per image`. */
export function costs({ size, time }: Judgement, each: 'image' | 'tile'): string {
  const speed =
    time === null
      ? 'is not faster on this computer'
      : `needs ${percent(time, 0)} of its time per ${each}`;
  return `has ${percent(size, 0)} of its size and ${speed}`;
}
