import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { keptCount } from './kept.ts';
import type { Kind } from './kinds.ts';
import type { Said } from './protocol.ts';
import { runReader } from './run-reader.ts';

export interface Mutants {
  readonly kind: Kind;
  readonly seed: number;
  /** Numbers of new mutants, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

/** Limits on the cost of reading a mutant. */
export interface Bounds {
  /** Computing time, ms. */
  readonly ms: number;
  /** Time on the clock after which the process is ended, ms. */
  readonly hangMs: number;
  /** Memory, bytes. */
  readonly memory: number;
}

/**
 * A mutant that exceeded a limit, ended the process, or ended in an error that is not a message for the user.
 */
export interface Fault {
  readonly number: number;
  /** Name of its case. */
  readonly of: string;
  readonly what: string;
}

export interface Outcome {
  readonly read: number;
  readonly refused: number;
  readonly slowestMs: number;
  /** Memory of the process that grew most, bytes. */
  readonly grown: number;
  readonly faults: readonly Fault[];
}

/** Maximum number of reported faults; more would add no information. */
const mostFaults = 200;

/**
 * Reads stored and new mutants of a kind in a separate process. If one hangs or crashes the process, that is a fault,
 * and another process continues with the next.
 */
export async function watchMutants(
  { kind, seed, from: first, to }: Mutants,
  { ms, hangMs, memory }: Bounds,
): Promise<Outcome> {
  const root = await mkdtemp(join(tmpdir(), `understudy-mutated-${kind}-`));
  const results: Said[] = [];
  const faults: Fault[] = [];
  try {
    let from = first === 0 ? -keptCount(kind) : first;
    while (from < to && faults.length < mostFaults) {
      const folder = await mkdtemp(join(root, 'process-'));
      const { said, fault } = await runReader({ kind, seed, from, to, folder, memory }, hangMs);
      const last = said.at(-1);
      if (last === undefined) throw new Error(`${kind}: ${fault ?? 'the process said nothing'}`);
      if (fault !== undefined) faults.push({ number: last.at, of: last.of, what: fault });
      const ended = said.filter(({ isRead }) => isRead !== undefined);
      results.push(...ended);
      faults.push(...ended.flatMap((one) => faultsOf(one, ms, memory)));
      from = last.at + 1;
      await rm(folder, { recursive: true });
    }
  } finally {
    await rm(root, { recursive: true });
  }
  const read = results.filter(({ isRead }) => isRead === true).length;
  return {
    read,
    refused: results.length - read,
    slowestMs: Math.max(0, ...results.map((one) => one.ms ?? 0)),
    grown: Math.max(0, ...results.map((one) => one.grown ?? 0)),
    faults: faults.sort((a, b) => a.number - b.number),
  };
}

function faultsOf(
  { at: number, of, ms = 0, grown = 0, defect }: Said,
  most: number,
  memory: number,
): Fault[] {
  return [
    ...(ms > most ? [`${Math.round(ms)} ms of computing`] : []),
    ...(grown > memory ? [`${Math.round(grown / 1e6)} MB of memory`] : []),
    ...(defect === undefined ? [] : [defect]),
  ].map((what) => ({ number, of, what }));
}
