import type { Random } from '../../../src/core/random.ts';
import { byteChanges } from './byte-changes.ts';
import { oneOf } from './drawing.ts';
import { textChanges } from './text-changes.ts';

/** What a file is to a program that reads it: numbers at places, or words in a row. */
export type Form = 'bytes' | 'text';

/** A changed copy: usually one change, up to three. Texts are changed as texts, and now and then as bytes. */
export function changed(content: Buffer, form: Form, random: Random): Buffer {
  let copy = Buffer.from(content);
  for (let times = oneOf(random, [1, 1, 1, 2, 3]); times > 0; times--) {
    if (copy.length < 2) return copy;
    const asText = form === 'text' && random.integer(5) > 0;
    copy = Buffer.from(oneOf(random, asText ? textChanges : byteChanges)(copy, random));
  }
  return copy;
}
