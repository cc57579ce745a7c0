import { writeSync } from 'node:fs';
import { openStore } from '../store.ts';
import { addProject, newImage } from './fixtures.ts';

/**
 * Second process on a workspace, to be killed: `node second-process.ts <folder> <task>`. It prints `ready` when it
 * has started its task.
 */
const [folder = '', task = ''] = process.argv.slice(2);

/** Number of images per transaction. */
const batchSize = 50;

const store = openStore(folder);
const project = store.projects.list()[0]?.id ?? addProject(store).id;

function addBatch(first: number): void {
  const names = Array.from({ length: batchSize }, (_, index) => `${first + index}.png`);
  store.images.add(
    project,
    names.map((name) => newImage(name)),
  );
}

function ready(): void {
  writeSync(1, 'ready\n');
}

function sleepForever(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

switch (task) {
  case 'hold':
    ready();
    sleepForever();
    break;
  case 'stop in a transaction':
    addBatch(0);
    store.transaction(() => {
      addBatch(batchSize);
      ready();
      sleepForever();
    });
    break;
  case 'write on':
    addBatch(0);
    ready();
    for (let first = batchSize; ; first += batchSize) addBatch(first);
}
