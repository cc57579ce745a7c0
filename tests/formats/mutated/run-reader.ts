import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Order, Said } from './protocol.ts';

/** Output of a process that read mutants, and the reason why it died. */
export interface Ended {
  readonly said: readonly Said[];
  /** Reason why the process was ended; undefined if it ended by itself. */
  readonly fault: string | undefined;
}

const program = join(import.meta.dirname, 'read-mutants.ts');
const lookMs = 100;
/** Time until the first heartbeat: programs are loaded, which takes long on a busy computer. */
const startMs = 180_000;
/** Memory in bytes beyond which a process is ended before it harms others. */
const mostResident = 3e9;

/** @param hangMs time on the clock without a heartbeat after which the process is ended */
export async function runReader(order: Order, hangMs: number): Promise<Ended> {
  const [output, errors] = [join(order.folder, 'said'), join(order.folder, 'errors')];
  const descriptors = [openSync(output, 'w'), openSync(errors, 'w')] as const;
  const child = spawn(process.execPath, [program, JSON.stringify(order)], {
    stdio: ['ignore', ...descriptors],
  });
  for (const descriptor of descriptors) closeSync(descriptor);
  const ended = new Promise<string | undefined>((resolve) => {
    child.once('error', (error) => {
      resolve(error.message);
    });
    child.once('exit', (code, signal) => {
      const last = readFileSync(errors, 'utf8').trim().slice(0, 2000);
      resolve(code === 0 ? undefined : `the process ended (${signal ?? code}). ${last}`);
    });
  });
  const stop = guard(child, output, hangMs);
  const died = await ended;
  return { said: lines(output), fault: stop() ?? died };
}

/**
 * Ends a process that hangs or uses too much memory; the returned function stops watching and returns why it was
 * ended.
 */
function guard(child: ChildProcess, output: string, hangMs: number): () => string | undefined {
  let why: string | undefined;
  let [size, since] = [0, Date.now()];
  const timer = setInterval(() => {
    const now = statSync(output).size;
    if (now !== size) [size, since] = [now, Date.now()];
    const resident = residentBytes(child.pid);
    const patience = size === 0 ? Math.max(startMs, hangMs) : hangMs;
    if (Date.now() - since > patience) why = `no end after ${patience / 1000} s`;
    else if (resident > mostResident) why = `${Math.round(resident / 1e6)} MB of memory`;
    if (why !== undefined) child.kill('SIGKILL');
  }, lookMs);
  return () => {
    clearInterval(timer);
    return why;
  };
}

/** Returns the memory of a process, bytes; 0 if the system does not report it. */
function residentBytes(id: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${id}/status`, 'utf8');
    return 1024 * Number(/VmRSS:\s*(\d+)/.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function lines(path: string): Said[] {
  const complete = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return complete
    .filter((line) => line.startsWith('{"at":'))
    .map((line) => JSON.parse(line) as Said);
}
