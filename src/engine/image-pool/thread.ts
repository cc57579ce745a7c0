import { workerData } from 'node:worker_threads';
import { joinBudget } from '../../formats/files/decode-budget.ts';
import { ReadingMark, writePlace } from './reading-place.ts';
import { imageTasks } from './tasks.ts';
import type { ThreadTask } from './task.ts';
import type { Outcome, ThreadData, ThreadRequest } from './thread-protocol.ts';
import { failureOf } from '../failures.ts';

// A thread of the pool: Piscina calls `perform` in it.

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
    // The table ties each task to its request; their union cannot be called.
    const task = imageTasks[name] as ThreadTask<unknown, unknown>;
    return { ok: true, value: await task(request, { alive, at }) };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  } finally {
    budget.endTask();
    writePlace(place, '');
    mark?.clear();
  }
}
