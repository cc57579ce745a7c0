import type { Random } from '../../../src/core/random.ts';

/** A change to the content of a file, chosen by a seeded generator. It may work in place. */
export type Change = (content: Buffer, random: Random) => Buffer;

export function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[random.integer(choices.length)] as T;
}
