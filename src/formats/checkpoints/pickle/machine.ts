import { UserError } from '../../../core/errors.ts';
import { invalidCheckpoint } from '../problems.ts';
import type { ByteCursor } from './byte-cursor.ts';
import { isDict, isSequence, newDict, type PickleDict, type PickleValue } from './values.ts';
import { pickleText, pytorchText } from '../../../text/index.ts';

/**
 * Bounds of one pickle. Those of a ViT-g with its optimiser's state come to a twentieth of each; a hostile
 * one ends within a second or so, and within the memory.
 */
const limits = {
  operations: 4_000_000,
  /** Estimated bytes of everything that was ever made. */
  memory: 2 ** 28,
};

/** Estimates of what a value takes, in bytes, and for dictionaries of the time that they take. */
const cost = { value: 24, sequence: 120, dict: 1_000, entry: 64 } as const;

/** Makes a value out of what stands for it; containers differ in what they allow there. */
export type ResolvePersistent = (id: PickleValue, machine: Machine) => PickleValue;

/** Names that a pickle may refer to, besides those that every checkpoint may use. */
export interface Surroundings {
  readonly resolvePersistent: ResolvePersistent;
  /** TorchScript: classes of its own program, under `__torch__`, are records of their attributes. */
  readonly isScript: boolean;
}

/** The stack, the memo and the bounds of an interpreter; what the operations do is `opcodes.ts`. */
export class Machine {
  readonly cursor: ByteCursor;
  readonly resolvePersistent: ResolvePersistent;
  readonly isScript: boolean;
  readonly #stack: PickleValue[] = [];
  readonly #marks: number[] = [];
  readonly #memo = new Map<number, PickleValue>();
  #operations = 0;
  #memory = 0;

  constructor(cursor: ByteCursor, { resolvePersistent, isScript }: Surroundings) {
    this.cursor = cursor;
    this.resolvePersistent = resolvePersistent;
    this.isScript = isScript;
  }

  get path(): string {
    return this.cursor.path;
  }

  countOperation(): void {
    this.#operations++;
    if (this.#operations > limits.operations) throw this.#tooLarge();
  }

  /** Charges memory; call it before making something that takes memory. */
  charge(bytes: number): void {
    this.#memory += bytes;
    if (this.#memory > limits.memory) throw this.#tooLarge();
  }

  push(value: PickleValue): void {
    this.charge(cost.value + sizeOf(value));
    this.#stack.push(value);
  }

  pop(): PickleValue {
    const value = this.#stack.length > this.#floor() ? this.#stack.pop() : undefined;
    if (value === undefined) throw this.#unbalanced();
    return value;
  }

  /** Performs POP, which removes a mark if nothing is above it. */
  discard(): void {
    if (this.#marks.length > 0 && this.#stack.length === this.#floor()) this.#marks.pop();
    else this.pop();
  }

  top(): PickleValue {
    const value = this.#stack.length > this.#floor() ? this.#stack.at(-1) : undefined;
    if (value === undefined) throw this.#unbalanced();
    return value;
  }

  mark(): void {
    this.charge(cost.value);
    this.#marks.push(this.#stack.length);
  }

  popToMark(): PickleValue[] {
    const start = this.#marks.pop();
    if (start === undefined) throw this.#unbalanced();
    return this.#stack.splice(start);
  }

  remember(index: number): void {
    this.charge(cost.entry);
    this.#memo.set(index, this.top());
  }

  rememberNext(): void {
    this.remember(this.#memo.size);
  }

  recall(index: number): void {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.invalid(pickleText.valueNeverStored(index));
    this.push(value);
  }

  /** Returns the value left at STOP. */
  result(): PickleValue {
    const value = this.pop();
    if (this.#stack.length > 0 || this.#marks.length > 0) throw this.#unbalanced();
    return value;
  }

  newDict(isNamespace = false): PickleDict {
    this.charge(cost.dict);
    return newDict(isNamespace);
  }

  sequence(kind: 'list' | 'tuple' | 'set', items: PickleValue[]): PickleValue {
    this.charge(cost.sequence + items.length * 8);
    return { kind, items };
  }

  setEntry(dict: PickleDict, key: PickleValue, value: PickleValue): void {
    this.charge(cost.entry);
    dict.entries.set(key, value);
  }

  /** Keys and values one after the other, as they lie on the stack. */
  setEntries(dict: PickleDict, items: readonly PickleValue[]): void {
    if (items.length % 2 !== 0) throw this.#unbalanced();
    for (let i = 0; i < items.length; i += 2) {
      this.setEntry(dict, items[i] ?? null, items[i + 1] ?? null);
    }
  }

  append(list: PickleValue, items: readonly PickleValue[], kind: 'list' | 'set'): void {
    if (!isSequence(list) || list.kind !== kind) throw this.invalid(pickleText.addsToNo(kind));
    this.charge(items.length * 8);
    for (const item of items) list.items.push(item);
  }

  /** A tuple or list that an operation takes as its arguments. */
  items(value: PickleValue | undefined): readonly PickleValue[] {
    if (isSequence(value)) return value.items;
    throw this.invalid(pickleText.wrongArguments);
  }

  dict(value: PickleValue | undefined): PickleDict {
    if (isDict(value)) return value;
    throw this.invalid(pickleText.setsOnNoDictionary);
  }

  invalid(reason: string): UserError {
    return invalidCheckpoint(this.path, reason);
  }

  /** Values below the last mark are out of reach until it is taken off. */
  #floor(): number {
    return this.#marks.at(-1) ?? 0;
  }

  #unbalanced(): UserError {
    return this.invalid(pickleText.unbalanced);
  }

  #tooLarge(): UserError {
    return new UserError('too-large', pytorchText.descriptionTooLarge(this.path));
  }
}

function sizeOf(value: PickleValue): number {
  if (typeof value === 'string') return value.length * 2;
  return value instanceof Uint8Array ? value.length : 0;
}
