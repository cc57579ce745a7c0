import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../src/core/errors.ts';
import { countWork } from '../../support/work-time.ts';
import { mutantOf, sound, writeIn, type Case, type Mutant, type Timed } from './case.ts';
import { keptMutants } from './kept.ts';
import { allKinds } from './kinds.ts';
import type { Order, Said } from './protocol.ts';

/**
 * A process that reads mutants of one kind, one after the other, and reports the outcome of each on its standard
 * output, which is a file. The parent process ends it if it hangs.
 */

const order = JSON.parse(process.argv[2] ?? '') as Order;
const { kind, seed, from, to, folder, memory } = order;

function say(said: Said): void {
  writeSync(1, `${JSON.stringify(said)}\n`);
}

const cases = await allKinds[kind]();
const folders = new Map(cases.map((one, at) => [one, join(folder, String(at))]));

const peak = (): number => process.resourceUsage().maxRSS * 1024;

/** Measurements of the current mutant, ms of computing. */
let times: number[] = [];
const timed: Timed = async (work) => {
  const worked = countWork();
  try {
    return await work();
  } finally {
    times.push(worked());
  }
};

/** @returns why the file was refused; undefined if it was read */
async function read({ of, content }: Mutant): Promise<UserError | undefined> {
  const own = folders.get(of) ?? folder;
  await writeIn(own, of.path, content);
  try {
    await of.read(own, timed);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

async function readSound(one: Case): Promise<void> {
  const own = folders.get(one) ?? folder;
  for (const [path, content] of Object.entries(one.beside ?? {})) await writeIn(own, path, content);
  const refusal = await read(sound(one));
  if (refusal === undefined) return;
  throw new Error(`${one.name} is refused before it is changed`, { cause: refusal });
}

async function readOne(number: number, mutant: Mutant): Promise<void> {
  say({ at: number, of: mutant.of.name });
  times = [];
  const worked = countWork();
  let defect: string | undefined;
  let isRead = false;
  try {
    isRead = (await read(mutant)) === undefined;
  } catch (error) {
    defect = error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
  const grown = peak() - before;
  say({
    at: number,
    of: mutant.of.name,
    isRead,
    ms: times.length > 0 ? Math.max(...times) : worked(),
    grown,
    ...(defect !== undefined && { defect }),
  });
  // Memory used by one mutant would hide that of the next.
  if (grown > memory) process.exit(0);
}

// Once in advance, so that loading and compiling is not attributed to a file.
for (const one of cases) {
  await readSound(one);
  // A heartbeat: a busy computer takes long for all of them.
  writeSync(1, '\n');
}
const before = process.memoryUsage.rss();
const kept = keptMutants(kind, cases);
for (let number = from; number < to; number++) {
  const mutant = number < 0 ? kept.at(number) : mutantOf(cases, seed, number);
  if (mutant !== undefined) await readOne(number, mutant);
}
say({ at: to, of: '' });
process.exit(0);
