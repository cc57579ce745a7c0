import { workerData } from 'node:worker_threads';
import { joinBudget } from '../../formats/decode-budget.ts';
import { failureOf } from '../worker-protocol.ts';
import { ReadingMark, writePlace } from './reading-place.ts';
import { imageTasks } from './tasks.ts';
import type { Task } from './task.ts';
import type { Outcome, ThreadData, ThreadRequest } from './thread-protocol.ts';

// One thread of the pool: piscina calls `perform` in it.

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
