import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import type { Case, Mutant } from './case.ts';
import type { Kind } from './kinds.ts';

/** A mutant that once hung, crashed, used too much memory or ended in a defect. It is read in every run. */
interface Kept {
  readonly kind: Kind;
  /** Name of its case. */
  readonly of: string;
  /** Description of the fault. */
  readonly was: string;
  /** The file, deflated, in base 64. */
  readonly file: string;
}

const all = JSON.parse(
  readFileSync(join(import.meta.dirname, 'kept.json'), 'utf8'),
) as readonly Kept[];

export function keptCount(kind: Kind): number {
  return all.filter((one) => one.kind === kind).length;
}

export function keptMutants(kind: Kind, cases: readonly Case[]): Mutant[] {
  return all
    .filter((one) => one.kind === kind)
    .map(({ of: name, file }) => {
      const of = cases.find((one) => one.name === name);
      if (of === undefined) throw new Error(`kept.json names ${name}, which is no case of ${kind}`);
      return { of, content: inflateRawSync(Buffer.from(file, 'base64')) };
    });
}
