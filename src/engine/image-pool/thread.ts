import { workerData } from 'node:worker_threads';
import type { Failure } from '../../contract/app.ts';
import { joinBudget } from '../../formats/decode-budget.ts';
import type { BudgetPlace } from '../../formats/decode-budget.ts';
import { failureOf } from '../worker-protocol.ts';
import { ReadingMark, writePlace } from './reading-place.ts';
import { imageTasks } from './tasks.ts';
import type { Task, TaskName } from './tasks.ts';

// One thread of the pool: piscina calls `perform` in it.

export interface ThreadData {
  /** Counts signs of life, so that whoever waits sees that something goes on. */
  readonly beats: Int32Array;
  /** The path of the file that the task is at, for whoever finds the thread dead; see `PlaceInTask`. */
  readonly place: Uint8Array;
  /** A file to write the same path to, for whoever finds the whole process dead; null: none. */
  readonly marker: string | null;
  /** Where what it decodes is counted. */
  readonly budget: BudgetPlace;
}

export interface ThreadRequest {
  readonly name: TaskName;
  readonly request: unknown;
}

/** Errors cross as values: their class and their code would be lost. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly failure: Failure };

const { beats, place, marker, budget: placeInBudget } = workerData as ThreadData;
const alive = (): void => {
  Atomics.add(beats, 0, 1);
};
const budget = joinBudget(placeInBudget, alive);
const mark = marker === null ? undefined : new ReadingMark(marker);
const at = (path: string): void => {
  alive();
  writePlace(place, path);
  mark?.write(path);
};

export async function perform({ name, request }: ThreadRequest): Promise<Outcome> {
  try {
    // The table's types tie each task to its request; a union of them cannot be called.
    const task = imageTasks[name] as Task<unknown, unknown>;
    return { ok: true, value: await task(request, { alive, at }) };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  } finally {
    budget.endTask();
    writePlace(place, '');
    mark?.clear();
  }
}
