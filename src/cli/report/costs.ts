import type { Judgement } from '../../contract/judgement.ts';
import { percent } from '../figures.ts';

/** What a student costs beside its teacher: `has 50 % of its size and takes 53 % of its time an image`. */
export function costs({ size, time }: Judgement, each: 'an image' | 'a tile'): string {
  const speed =
    time === null
      ? 'is no faster on this machine'
      : `takes ${percent(time, 0)} of its time ${each}`;
  return `has ${percent(size, 0)} of its size and ${speed}`;
}
