import { UserError } from '../../../core/errors.ts';
import { invalidCheckpoint } from '../problems.ts';
import type { ByteCursor } from './byte-cursor.ts';
import { isDict, isSequence, newDict, type PickleDict, type PickleValue } from './values.ts';
import { pickleText, pytorchText } from '../../../text/index.ts';

/**
 * Limits of one pickle. A ViT-g with its optimiser's state needs a twentieth of each; a hostile pickle is stopped
 * within about a second, before memory runs out.
 */
const limits = {
  operations: 4_000_000,
  /** Estimated size of all values ever created, bytes. */
  memory: 2 ** 28,
};

/** Estimated size of a value, bytes; for dictionaries including their cost in time. */
const cost = { value: 24, sequence: 120, dict: 1_000, entry: 64 } as const;

/** Resolves a persistent id to a value; containers allow different ones. */
export type ResolvePersistent = (id: PickleValue, machine: Machine) => PickleValue;

/** Names that a pickle may refer to, in addition to those allowed in every checkpoint. */
export interface Surroundings {
  readonly resolvePersistent: ResolvePersistent;
  /** True for TorchScript: classes of its own program, under `__torch__`, are records of their attributes. */
  readonly isScript: boolean;
}

/** Stack, memo and limits of the interpreter; `opcodes.ts` implements the operations. */
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

  /** Charges memory; called before a value that takes memory is created. */
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

  /** Alternating keys and values, as on the stack. */
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

  /** Values below the last mark cannot be accessed until it is removed. */
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
