import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { databaseName, openStore } from './store.ts';
import { temporaryFolder } from './testing/temporary-store.ts';

const script = join(import.meta.dirname, 'testing', 'second-process.ts');

/** Number of images per transaction in second-process.ts. */
const batchSize = 50;

async function start(folder: string, task: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [script, folder, task], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const outcome = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]);
  expect(String(outcome[0])).toBe('ready\n');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Checks the workspace and counts its images. */
function countSoundly(folder: string): number {
  const store = openStore(folder);
  const images = store.projects.list()[0]?.images ?? 0;
  store.close();
  const database = new Database(join(folder, databaseName));
  expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(database.pragma('foreign_key_check')).toEqual([]);
  database.close();
  return images;
}

test('a workspace has one process at a time; if that is killed, the next can open it', async () => {
  const folder = temporaryFolder();
  const child = await start(folder, 'hold');
  const inUse = expect.objectContaining({ name: 'UserError', code: 'in-use' }) as Error;
  expect(() => openStore(folder)).toThrow(inUse);
  await kill(child);
  openStore(folder).close();
});

test('a process killed in a transaction leaves the state from before it', async () => {
  const folder = temporaryFolder();
  await kill(await start(folder, 'stop in a transaction'));
  expect(countSoundly(folder)).toBe(batchSize);
});

test('a process killed while it writes leaves only complete transactions', async () => {
  const folder = temporaryFolder();
  let images = 0;
  for (const milliseconds of [3, 17, 41, 76]) {
    const child = await start(folder, 'write on');
    await pause(milliseconds);
    await kill(child);
    const count = countSoundly(folder);
    expect(count % batchSize).toBe(0);
    expect(count).toBeGreaterThanOrEqual(images);
    images = count;
  }
  expect(images).toBeGreaterThan(0);
});
