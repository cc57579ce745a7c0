import { UserError } from '../../../core/errors.ts';
import { unquoted } from '../../../core/text/scan.ts';
import { narrowed } from './byte-cursor.ts';
import type { Machine } from './machine.ts';
import { build, callName, findName } from './names.ts';
import { isOpaque, isSequence, type PickleValue } from './values.ts';
import { pickleText } from '../../../text/index.ts';

/**
 * Operations of Python's pickle by their byte, protocols 0 to 5 (CPython, Lib/pickletools.py). Missing ones are
 * refused: extension codes, and buffers outside the pickle.
 */
type Operation = (machine: Machine) => void;

const highestProtocol = 5;

const table: Readonly<Record<string, Operation>> = {
  // The stack.
  '(': (m) => {
    m.mark();
  },
  '0': (m) => {
    m.discard();
  },
  '1': (m) => {
    m.popToMark();
  },
  '2': (m) => {
    m.push(m.top());
  },

  // The memo.
  p: (m) => {
    m.remember(index(m));
  },
  q: (m) => {
    m.remember(m.cursor.uint8());
  },
  r: (m) => {
    m.remember(m.cursor.uint32());
  },
  '\x94': (m) => {
    m.rememberNext();
  },
  g: (m) => {
    m.recall(index(m));
  },
  h: (m) => {
    m.recall(m.cursor.uint8());
  },
  j: (m) => {
    m.recall(m.cursor.uint32());
  },

  // None, booleans and numbers.
  N: (m) => {
    m.push(null);
  },
  '\x88': (m) => {
    m.push(true);
  },
  '\x89': (m) => {
    m.push(false);
  },
  I: (m) => {
    m.push(integerOrBoolean(m));
  },
  L: (m) => {
    m.push(integerText(m, m.cursor.line().replace(/L$/, '')));
  },
  J: (m) => {
    m.push(m.cursor.int32());
  },
  K: (m) => {
    m.push(m.cursor.uint8());
  },
  M: (m) => {
    m.push(m.cursor.uint16());
  },
  '\x8a': (m) => {
    m.push(m.cursor.integer(m.cursor.uint8()));
  },
  '\x8b': (m) => {
    m.push(m.cursor.integer(m.cursor.uint32()));
  },
  F: (m) => {
    m.push(Number(m.cursor.line().replace('inf', 'Infinity')));
  },
  G: (m) => {
    m.push(m.cursor.float64());
  },

  // Strings and bytes, which are one type in Python 2.
  S: (m) => {
    m.push(unescaped(unquoted(m.cursor.line())));
  },
  T: (m) => {
    m.push(m.cursor.utf8(m.cursor.uint32()));
  },
  U: (m) => {
    m.push(m.cursor.utf8(m.cursor.uint8()));
  },
  V: (m) => {
    m.push(unescaped(m.cursor.line()));
  },
  X: (m) => {
    m.push(m.cursor.utf8(m.cursor.uint32()));
  },
  '\x8c': (m) => {
    m.push(m.cursor.utf8(m.cursor.uint8()));
  },
  '\x8d': (m) => {
    m.push(m.cursor.utf8(m.cursor.uint64()));
  },
  B: (m) => {
    m.push(m.cursor.bytes(m.cursor.uint32()));
  },
  C: (m) => {
    m.push(m.cursor.bytes(m.cursor.uint8()));
  },
  '\x8e': (m) => {
    m.push(m.cursor.bytes(m.cursor.uint64()));
  },
  '\x96': (m) => {
    m.push(m.cursor.bytes(m.cursor.uint64()));
  },

  // Containers.
  ')': (m) => {
    m.push(m.sequence('tuple', []));
  },
  t: (m) => {
    m.push(m.sequence('tuple', m.popToMark()));
  },
  '\x85': (m) => {
    m.push(m.sequence('tuple', [m.pop()]));
  },
  '\x86': (m) => {
    const second = m.pop();
    m.push(m.sequence('tuple', [m.pop(), second]));
  },
  '\x87': (m) => {
    const third = m.pop();
    const second = m.pop();
    m.push(m.sequence('tuple', [m.pop(), second, third]));
  },
  ']': (m) => {
    m.push(m.sequence('list', []));
  },
  l: (m) => {
    m.push(m.sequence('list', m.popToMark()));
  },
  a: (m) => {
    const item = m.pop();
    append(m, [item], 'list');
  },
  e: (m) => {
    append(m, m.popToMark(), 'list');
  },
  '\x8f': (m) => {
    m.push(m.sequence('set', []));
  },
  '\x90': (m) => {
    append(m, m.popToMark(), 'set');
  },
  '\x91': (m) => {
    m.push(m.sequence('set', m.popToMark()));
  },
  '}': (m) => {
    m.push(m.newDict());
  },
  d: (m) => {
    const items = m.popToMark();
    const dict = m.newDict();
    m.setEntries(dict, items);
    m.push(dict);
  },
  s: (m) => {
    const value = m.pop();
    const key = m.pop();
    setEntries(m, [key, value]);
  },
  u: (m) => {
    setEntries(m, m.popToMark());
  },

  // Names, and calls of them.
  c: (m) => {
    const module = m.cursor.line();
    m.push(findName(m, `${module}.${m.cursor.line()}`));
  },
  '\x93': (m) => {
    const name = text(m, m.pop());
    m.push(findName(m, `${text(m, m.pop())}.${name}`));
  },
  R: (m) => {
    const args = m.pop();
    // The value of a TorchScript enumeration is not wrapped in a tuple.
    const isBare = m.isScript && !isSequence(args);
    m.push(callName(m, m.pop(), isBare ? [args] : m.items(args)));
  },
  '\x81': (m) => {
    const args = m.items(m.pop());
    m.push(callName(m, m.pop(), args));
  },
  '\x92': (m) => {
    if (m.dict(m.pop()).entries.size > 0) throw m.invalid(pickleText.keywordArguments);
    const args = m.items(m.pop());
    m.push(callName(m, m.pop(), args));
  },
  i: (m) => {
    const module = m.cursor.line();
    const name = findName(m, `${module}.${m.cursor.line()}`);
    m.push(callName(m, name, m.popToMark()));
  },
  o: (m) => {
    const [name = null, ...args] = m.popToMark();
    m.push(callName(m, name, args));
  },
  b: (m) => {
    const state = m.pop();
    build(m, m.top(), state);
  },
  Q: (m) => {
    m.push(m.resolvePersistent(m.pop(), m));
  },

  // About the pickle itself.
  '\x80': (m) => {
    const protocol = m.cursor.uint8();
    if (protocol > highestProtocol)
      throw m.invalid(pickleText.newerProtocol(protocol, highestProtocol));
  },
  '\x95': (m) => {
    m.cursor.frame();
  },
};

/** Operations in an array by code, which avoids a lookup by name. */
const operations: readonly (Operation | undefined)[] = Array.from(
  { length: 256 },
  (_, code) => table[String.fromCharCode(code)],
);

const stop = '.'.charCodeAt(0);

/** Runs operations until STOP and returns the top of the stack. */
export function runProgram(machine: Machine): PickleValue {
  for (;;) {
    const code = machine.cursor.uint8();
    if (code === stop) return machine.result();
    const operation = operations[code];
    if (operation === undefined) throw unknownOperation(machine, code);
    machine.countOperation();
    operation(machine);
  }
}

/** Extension registry (three), persistent ids as text, and the two for buffers outside the pickle. */
const knownButRefused = [0x82, 0x83, 0x84, 0x50, 0x97, 0x98];

function unknownOperation(machine: Machine, code: number): Error {
  const byte = `0x${code.toString(16).padStart(2, '0')}`;
  if (!knownButRefused.includes(code)) {
    return machine.invalid(pickleText.unknownOperation(byte));
  }
  return new UserError('unsupported', pickleText.refusedOperation(machine.path, byte));
}

function append(machine: Machine, items: readonly PickleValue[], kind: 'list' | 'set'): void {
  const target = machine.top();
  if (!isOpaque(target)) machine.append(target, items, kind);
}

function setEntries(machine: Machine, items: readonly PickleValue[]): void {
  const target = machine.top();
  if (!isOpaque(target)) machine.setEntries(machine.dict(target), items);
}

function index(machine: Machine): number {
  const number = Number(machine.cursor.line());
  if (Number.isSafeInteger(number) && number >= 0) return number;
  throw machine.invalid(pickleText.wrongIndex);
}

function text(machine: Machine, value: PickleValue): string {
  if (typeof value === 'string') return value;
  throw machine.invalid(pickleText.nameNotText);
}

function integerOrBoolean(machine: Machine): PickleValue {
  const line = machine.cursor.line();
  if (line === '00' || line === '01') return line === '01';
  return integerText(machine, line);
}

function integerText(machine: Machine, digits: string): number | bigint {
  // A limit, because the time to parse decimal digits grows with the square of their number.
  if (/^-?\d{1,150}$/.test(digits)) return narrowed(BigInt(digits));
  throw machine.invalid(pickleText.wrongInteger);
}

/** Escapes of protocol 0. */
function unescaped(line: string): string {
  const single: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };
  return line.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|(.))/gi,
    (_, byte?: string, unit?: string, other?: string) => {
      const code = byte ?? unit;
      if (code !== undefined) return String.fromCharCode(parseInt(code, 16));
      return single[other ?? ''] ?? other ?? '';
    },
  );
}
