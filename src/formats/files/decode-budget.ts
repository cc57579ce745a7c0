import { availableMemory } from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { throwIfAborted } from '../raster/read-request.ts';

/*
 * A common limit for the memory into which all threads of a process decode large images. A read that needs much memory
 * first reserves a share and waits while other reads hold theirs; a read above the limit runs alone.
 *
 * No read can wait for ever. A thread holds a share no longer than its task and holds nothing when it asks for its
 * first share; further shares of the same task are counted and not waited for. The main thread, in which reads overlap,
 * holds a share only while it decodes. The code that ends a thread releases its share (`freePlace`).
 */

/** Size from which images are counted, bytes: waiting for a smaller one would take longer than decoding it. */
export const countedBytes = 2 ** 25;
/**
 * Limits of the budget. No image may exceed the largest one, by `ReadLimits`; on a small machine an image of the
 * smallest one is read alone.
 */
const bounds = { least: 2 ** 28, most: 2 ** 31 - 1 };
/** Maximum number of threads of a process at a time; further threads share the last slot. */
const places = 256;
/** Pause between two checks of a waiting read, ms. */
const pauseMs = 20;

/**
 * Numbers shared by all threads, in KiB: the limit, then the number of tickets issued, then per slot the held amount
 * and the ticket.
 */
export type BudgetMemory = Int32Array<SharedArrayBuffer>;

const [boundAt, ticketsAt, placesAt] = [0, 1, 2];
const heldAt = (place: number): number => placesAt + 2 * place;
/** Returns the index of a slot's ticket; 0: it does not wait. The lowest ticket is next. */
const ticketAt = (place: number): number => placesAt + 2 * place + 1;

/** A quarter of the free memory, between 256 MiB and 2 GiB. */
export function decodingBound(freeBytes: number): number {
  return Math.min(bounds.most, Math.max(bounds.least, freeBytes / 4));
}

/** @param bound bytes */
export function newBudgetMemory(bound: number): BudgetMemory {
  const memory = new Int32Array(new SharedArrayBuffer(4 * (placesAt + 2 * places)));
  memory[boundAt] = kibibytes(bound);
  return memory;
}

/** Share of a thread in the budget. */
export interface BudgetPlace {
  readonly memory: BudgetMemory;
  readonly place: number;
}

/** Memory of this process, shared by all threads it starts. */
let own: BudgetMemory | undefined;
/** Slot 0 is the main thread's. */
const taken = new Set([0]);

/** Returns a slot for a new thread of this process. */
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

/** Releases the slot of a thread that will not be restarted. */
export function freePlace(place: BudgetPlace): void {
  emptyPlace(place);
  taken.delete(place.place);
}

let joined: { readonly budget: DecodeBudget; readonly alive: () => void } | undefined;

/** Assigns this thread's reads to its slot; call once. */
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
  readonly release: () => void;
}

/**
 * Decodes something large within the limit of this process.
 *
 * @param bytes memory for decoding and for the result
 * @throws UserError 'cancelled' if `signal` aborts while it waits, and as `work`
 */
export async function decodeWithin<T>(
  bytes: number,
  work: () => Promise<T>,
  signal?: AbortSignal,
): Promise<Decoded<T>> {
  if (bytes < countedBytes) return { value: await work(), release: () => undefined };
  const { budget, alive } = here();
  const release = await budget.take(bytes, {
    alive,
    signal,
    waitsAlways: isMainThread,
  });
  try {
    const value = await work();
    if (isMainThread) release();
    return { value, release };
  } catch (error) {
    release();
    throw error;
  }
}

/**
 * Frees the memory of unused values at once instead of at the next garbage collection: an idle thread may not collect
 * for long, while other threads assume that its share is free.
 */
export function discard({ buffer }: ArrayBufferView): void {
  if (buffer instanceof ArrayBuffer) buffer.transfer(0);
}

/** Discards values if they are large enough to matter. */
export function discardLarge(values: ArrayBufferView): void {
  if (values.byteLength >= countedBytes) discard(values);
}

/** Releases a decoded value that is no longer needed. */
export function releaseOf({ value, release }: Decoded<ArrayBufferView>): void {
  discardLarge(value);
  release();
}

export interface TakeOptions {
  readonly alive: () => void;
  readonly signal?: AbortSignal | undefined;
  /** Granted even if this slot holds a share, since its holders do not ask for more. */
  readonly waitsAlways?: boolean;
}

/** The budget as seen by one thread. */
export class DecodeBudget {
  readonly #memory: BudgetMemory;
  readonly #place: number;
  /** Memory held for the current task, released at its end. */
  #task = 0;
  /** Requests of this slot wait for one another, so that it has one ticket. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ memory, place }: BudgetPlace) {
    this.#memory = memory;
    this.#place = place;
  }

  /** Waits for a share and returns a function that releases it. @throws UserError 'cancelled' */
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

  /** Checked again after it is taken: if two threads take at once, both may give it back, but not both keep it. */
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
