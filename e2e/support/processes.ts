import { readFile } from 'node:fs/promises';
import type { ElectronApplication } from 'playwright-core';

/** Process id of the engine, which is the only child that the main process spawned itself. */
export async function enginePid(app: ElectronApplication): Promise<number> {
  const pid = await app.evaluate(() => {
    const main = globalThis.process as unknown as { _getActiveHandles(): object[] };
    const handles = main._getActiveHandles();
    const child = handles.find((handle) => handle.constructor.name === 'ChildProcess');
    return (child as { readonly pid: number } | undefined)?.pid;
  });
  if (pid === undefined) throw new Error('the engine is not running');
  return pid;
}

/** Process id of the active worker, as Linux lists it: the engine's only child. */
export async function workerPid(app: ElectronApplication): Promise<number> {
  const engine = await enginePid(app);
  const children = await readFile(`/proc/${engine}/task/${engine}/children`, 'utf8');
  const [first] = children.trim().split(' ').map(Number);
  if (!first) throw new Error('no worker is running');
  return first;
}
