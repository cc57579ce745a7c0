import type { Random } from '../../../src/core/random.ts';
import { oneOf, type Change } from './drawing.ts';

/**
 * Changes to texts: JSON, tables, lists, XML. They work on words: numbers, quoted texts, names and marks.
 */

const words = /"(?:[^"\\\n]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\w+|[^\w\s]|\s+/giu;

const numbers = [
  ...['0', '-0', '-1', '1', '0.5', '1e-400', '1e308', '-1e308', '1e400', '9'.repeat(400)],
  ...['255', '256', '65536', '2147483647', '2147483648', '4294967296', '99999999999'],
  ...['9007199254740993', '18446744073709551616', '1.0000000000000002', 'NaN', '-Infinity', '0x10'],
];
const values = ['null', 'true', 'false', '""', '[]', '{}', '[null]', '"\\ud800"', '"a"', '-'];
const names = ['__proto__', 'constructor', 'toString', 'length', 'hasOwnProperty', 'then', ''];
const characters = [
  ...['\0', '\x1b[2J', '\x7f', '\u0085', '\u2028', '\u202e', '\ufeff', '\ufffd', '\\', '/', '../'],
  ...['"', "'", '`', '<', '&#0;', '%s', '%', '\n', '\r', '\r\n', '\t', ',', ';', ':', '|', '='],
];

/** Returns deeply nested brackets, closed or not. */
function nested(random: Random): string {
  const depth = oneOf(random, [10, 1000, 20_000]);
  const [open, close] = oneOf(random, [
    ['[', ']'],
    ['{"a":', '}'],
    ['<a>', '</a>'],
    ['(', ')'],
  ] as const);
  const end = random.integer(3) === 0 ? '' : close.repeat(depth);
  return `${open.repeat(depth)}${open.startsWith('{') && end !== '' ? '0' : ''}${end}`;
}

function replacement(word: string, random: Random): string {
  const quoted = (text: string): string => (word.startsWith('"') ? JSON.stringify(text) : text);
  switch (random.integer(8)) {
    case 0:
      return quoted(oneOf(random, names));
    case 1:
      return oneOf(random, values);
    case 2:
      return nested(random);
    case 3:
      return quoted(oneOf(random, characters).repeat(oneOf(random, [1, 1, 3, 70_000])));
    case 4:
      return quoted(
        oneOf(random, ['a', 'é', '💡', ' ', '0', ',', 'a.']).repeat(oneOf(random, [1, 100_000])),
      );
    default:
      return oneOf(random, numbers);
  }
}

/** Changes the list of words, in place. */
type WordChange = (list: string[], random: Random) => void;

const wordChanges: readonly WordChange[] = [
  ...new Array<WordChange>(4).fill((list, random) => {
    const at = random.integer(list.length);
    list[at] = replacement(list[at] ?? '', random);
  }),
  // Most computations use numbers.
  ...new Array<WordChange>(3).fill((list, random) => {
    const places = list.flatMap((word, at) => (/^-?\d/.test(word) ? [at] : []));
    if (places.length > 0) list[oneOf(random, places)] = oneOf(random, numbers);
  }),
  (list, random) => void list.splice(random.integer(list.length), 1 + random.integer(6)),
  (list, random) => {
    const [one, other] = [random.integer(list.length), random.integer(list.length)];
    [list[one], list[other]] = [list[other] ?? '', list[one] ?? ''];
  },
  (list, random) => {
    // Repeats a member, a row or a part of them: keys and names then occur twice.
    const start = random.integer(list.length);
    const piece = list.slice(start, start + 1 + random.integer(20));
    const length = piece.join('').length;
    const times = Math.min(oneOf(random, [1, 1, 5, 2000]), Math.ceil(300_000 / length));
    list.splice(start, 0, piece.join('').repeat(times));
  },
  (list, random) => void list.splice(random.integer(list.length), 0, oneOf(random, characters)),
  (list, random) => void list.splice(random.integer(list.length), 0, nested(random)),
];

const byWords: Change = (content, random) => {
  const list = content.toString('utf8').match(words) ?? [''];
  oneOf(random, wordChanges)(list, random);
  return Buffer.from(list.join(''));
};

/** Changes the whole text: another encoding, other line ends, a byte order mark. */
const ofWhole: Change = (content, random) => {
  const text = content.toString('utf8');
  return oneOf<() => Buffer>(random, [
    () => Buffer.from(text, 'utf16le'),
    () => Buffer.from(text, 'latin1'),
    () => Buffer.from(`\ufeff${text}`),
    () => Buffer.from(text.replaceAll('\n', '\r')),
    () => Buffer.from(text.replaceAll('"', "'")),
    () => Buffer.from(text.slice(0, random.integer(text.length + 1))),
  ])();
};

export const textChanges: readonly Change[] = [...new Array<Change>(9).fill(byWords), ofWhole];
