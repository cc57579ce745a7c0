import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Random } from '../../../src/core/random.ts';
import { changed, type Form } from './changes.ts';

/** A sound file that is changed repeatedly, and how the app uses such a file. */
export interface Case {
  readonly name: string;
  /** Path of the file in its folder, with `/`. */
  readonly path: string;
  readonly form: Form;
  /** Content that is changed: the file, or its decompressed content. */
  readonly content: Buffer;
  /** Makes the file from the changed content. */
  readonly pack?: (content: Buffer) => Buffer;
  /** Files in the same folder that stay unchanged. */
  readonly beside?: Readonly<Record<string, Uint8Array>>;
  /**
   * Reads everything that the app would read of the file.
   *
   * @param folder folder of the file and its neighbours
   * @param timed runs one of several actions of the app on such a file, each with a time limit of its own; without
   * it, `read` counts as one
   * @throws UserError if the file is refused; any other error is a defect
   */
  readonly read: (folder: string, timed: Timed) => Promise<void>;
}

export type Timed = <T>(work: () => Promise<T>) => Promise<T>;

/** A file that is read instead of a case's own. */
export interface Mutant {
  readonly of: Case;
  readonly content: Buffer;
}

/** Makes the mutant of a number: the same for the same cases, seed and number, whatever was read before. */
export function mutantOf(cases: readonly Case[], seed: number, number: number): Mutant {
  const random = new Random(seed, number);
  const of = cases[number % cases.length];
  if (of === undefined) throw new Error('there are no cases');
  const content = changed(of.content, of.form, random);
  return { of, content: of.pack?.(content) ?? content };
}

/** Returns the case's own file. */
export function sound(of: Case): Mutant {
  return { of, content: of.pack?.(Buffer.from(of.content)) ?? of.content };
}

export async function writeIn(folder: string, path: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), content);
}
