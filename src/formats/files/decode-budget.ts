import { availableMemory } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { throwIfAborted } from '../raster/read-request.ts';

/*
 * One bound for the memory that all threads of a process decode large images into. A read that needs much takes its
 * share first and waits while others hold theirs; one that is larger than the whole is done alone.
 *
 * Nobody can wait for ever. A thread holds a share no longer than its task and asks for its first one with empty
 * hands; further ones of the same task are counted and not waited for. The main thread, where reads overlap, holds a
 * share only while it decodes. Whoever ends a thread gives back what it held (`freePlace`).
 */

/** Images of fewer bytes are not counted: there are a few for each thread, and they would wait for longer than they take. */
export const countedBytes = 2 ** 25;
/**
 * Bounds of the budget. No image may exceed the largest one, by `ReadLimits`; a small machine reads an image of the
 * smallest alone.
 */
const bounds = { least: 2 ** 28, most: 2 ** 31 - 1 };
/** Threads that a process has at a time, at most; more of them share the last place. */
const places = 256;
/** Pause between two looks of a waiting read, ms. */
const pauseMs = 20;

/** Numbers that all threads see, in KiB: the bound, then tickets given out, then for each place what it holds and its ticket. */
export type BudgetMemory = Int32Array<SharedArrayBuffer>;

const [boundAt, ticketsAt, placesAt] = [0, 1, 2];
const heldAt = (place: number): number => placesAt + 2 * place;
/** 0: it does not wait. Whoever has the lowest ticket is next. */
const ticketAt = (place: number): number => placesAt + 2 * place + 1;

/** A quarter of the memory that is free, between 256 MiB and 2 GiB. */
export function decodingBound(freeBytes: number): number {
  return Math.min(bounds.most, Math.max(bounds.least, freeBytes / 4));
}

/** @param bound bytes */
export function newBudgetMemory(bound: number): BudgetMemory {
  const memory = new Int32Array(new SharedArrayBuffer(4 * (placesAt + 2 * places)));
  memory[boundAt] = kibibytes(bound);
  return memory;
}

/** A thread's part in the budget. */
export interface BudgetPlace {
  readonly memory: BudgetMemory;
  readonly place: number;
}

/** Memory of this process, shared by all threads it starts. */
let own: BudgetMemory | undefined;
/** Place 0 is the main thread's. */
const taken = new Set([0]);

/** A place for a new thread of this process. */
export function newPlaceInBudget(): BudgetPlace {
  own ??= newBudgetMemory(decodingBound(availableMemory()));
  let place = 1;
  while (taken.has(place) && place < places - 1) place++;
  taken.add(place);
  return { memory: own, place };
}

/** Frees the memory of a thread that has ended. */
export function emptyPlace({ memory, place }: BudgetPlace): void {
  Atomics.store(memory, heldAt(place), 0);
  Atomics.store(memory, ticketAt(place), 0);
}

/** Gives up the place of a thread that does not come again. */
export function freePlace(place: BudgetPlace): void {
  emptyPlace(place);
  taken.delete(place.place);
}

let joined: { readonly budget: DecodeBudget; readonly alive: () => void } | undefined;

/** Makes the reads of this thread count at its place; called once. */
export function joinBudget(place: BudgetPlace, alive: () => void): DecodeBudget {
  const budget = new DecodeBudget(place);
  joined = { budget, alive };
  return budget;
}

function here(): NonNullable<typeof joined> {
  own ??= newBudgetMemory(decodingBound(availableMemory()));
  joined ??= { budget: new DecodeBudget({ memory: own, place: 0 }), alive: () => undefined };
  return joined;
}

/** Decoded value, with a function that releases it. */
export interface Decoded<T> {
  readonly value: T;
  /** May be called any number of times. */
  readonly letGo: () => void;
}

/**
 * Decodes something large within the bound of this process.
 *
 * @param bytes that decoding it takes and holds
 * @throws UserError 'cancelled' where `signal` aborts while it waits, and as `work`
 */
export async function decodeWithin<T>(
  bytes: number,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<Decoded<T>> {
  if (bytes < countedBytes) return { value: await work(), letGo: () => undefined };
  const { budget, alive } = here();
  const letGo = await budget.take(bytes, {
    alive,
    ...(signal && { signal }),
    waitsAlways: isMainThread,
  });
  try {
    const value = await work();
    if (isMainThread) letGo();
    return { value, letGo };
  } catch (error) {
    letGo();
    throw error;
  }
}

/**
 * Frees the memory of values that nobody reads any more, now and not when they are collected: a thread that has nothing
 * else to do may not collect for long, while others think that its share is free.
 */
export function discard({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Discards values if they are large enough to matter. */
export function discardLarge(values: ArrayBufferView): void {
  if (values.byteLength >= countedBytes) discard(values);
}

/** Releases a decoded value that is no longer needed. */
export function letGoOf({ value, letGo }: Decoded<ArrayBufferView>): void {
  discardLarge(value);
  letGo();
}

export interface TakeOptions {
  readonly alive: () => void;
  readonly signal?: AbortSignal;
  /** Also where this place holds something: its holders do not ask for more. */
  readonly waitsAlways?: boolean;
}

/** The budget as one thread uses it. */
export class DecodeBudget {
  readonly #memory: BudgetMemory;
  readonly #place: number;
  /** Memory held for the current task, which ends with it. */
  #task = 0;
  /** Takes of this place wait for one another, so that it has one ticket. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ memory, place }: BudgetPlace) {
    this.#memory = memory;
    this.#place = place;
  }

  /** Waits for a share; what it returns gives it back. @throws UserError 'cancelled' */
  async take(bytes: number, options: TakeOptions): Promise<() => void> {
    const share = kibibytes(bytes);
    const holdsNothing = Atomics.load(this.#memory, heldAt(this.#place)) === 0;
    if (holdsNothing || options.waitsAlways === true) {
      const turn = this.#turn.then(() => this.#wait(share, options));
      this.#turn = turn.catch(() => undefined);
      await turn;
    } else {
      Atomics.add(this.#memory, heldAt(this.#place), share);
    }
    const task = this.#task;
    let isHeld = true;
    return () => {
      if (isHeld && task === this.#task) Atomics.sub(this.#memory, heldAt(this.#place), share);
      isHeld = false;
    };
  }

  /** Ends a task. Memory kept open between tasks is not waited for, since its end cannot be known. */
  endTask(): void {
    this.#task++;
    emptyPlace({ memory: this.#memory, place: this.#place });
  }

  async #wait(share: number, { alive, signal }: TakeOptions): Promise<void> {
    const ticket = Atomics.add(this.#memory, ticketsAt, 1) + 1;
    Atomics.store(this.#memory, ticketAt(this.#place), ticket);
    try {
      while (!this.#isNext(ticket) || !this.#takeNow(share)) {
        alive();
        throwIfAborted(signal);
        await delay(pauseMs);
      }
    } finally {
      Atomics.store(this.#memory, ticketAt(this.#place), 0);
    }
  }

  #isNext(ticket: number): boolean {
    for (let place = 0; place < places; place++) {
      const other = Atomics.load(this.#memory, ticketAt(place));
      if (other > 0 && other < ticket) return false;
    }
    return true;
  }

  /** Looked at again once it is taken: of two threads at once both may give it back, but not both keep it. */
  #takeNow(share: number): boolean {
    if (!this.#fits(share, this.#heldByAll())) return false;
    Atomics.add(this.#memory, heldAt(this.#place), share);
    if (this.#fits(share, this.#heldByAll() - share)) return true;
    Atomics.sub(this.#memory, heldAt(this.#place), share);
    return false;
  }

  #fits(share: number, held: number): boolean {
    return held <= 0 || held + share <= Atomics.load(this.#memory, boundAt);
  }

  #heldByAll(): number {
    let held = 0;
    for (let place = 0; place < places; place++) held += Atomics.load(this.#memory, heldAt(place));
    return held;
  }
}

function kibibytes(bytes: number): number {
  return Math.ceil(bytes / 1024);
}
