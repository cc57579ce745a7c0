import type { Random } from '../../../src/core/random.ts';
import { byteChanges } from './byte-changes.ts';
import { oneOf } from './drawing.ts';
import { textChanges } from './text-changes.ts';

/** Structure of a file: numbers at positions, or words in order. */
export type Form = 'bytes' | 'text';

/**
 * Makes a changed copy, usually with one change, up to three. Texts are changed as texts, and sometimes as bytes.
 */
export function changed(content: Buffer, form: Form, random: Random): Buffer {
  let copy = Buffer.from(content);
  for (let times = oneOf(random, [1, 1, 1, 2, 3]); times > 0; times--) {
    if (copy.length < 2) return copy;
    const asText = form === 'text' && random.integer(5) > 0;
    copy = Buffer.from(oneOf(random, asText ? textChanges : byteChanges)(copy, random));
  }
  return copy;
}
