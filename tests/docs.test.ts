import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Engine } from '../src/cli/engine.ts';
import { exitCodes } from '../src/cli/environment.ts';
import { refusing, runTest } from '../src/cli/testing/test-environment.ts';
import { codeLines, codeSpans, forUsers, pages, readPage, root } from './support/doc-pages.ts';

// The documentation: its links have targets, the README is short, its commands are accepted, and options and quoted
// messages exist.

/** Headings as anchors, as GitHub makes them. */
function anchorsOf(text: string): Set<string> {
  const headings = text.matchAll(/^#+ (.+)$/gm);
  return new Set(
    [...headings].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\- ]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

it.each(pages)('every link of %s has a target', async (page) => {
  const text = await readPage(page);
  const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  const lost: string[] = [];
  for (const link of links.filter((each) => !/^[a-z]+:/.test(each))) {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? join(root, page) : join(root, dirname(page), path);
    const isThere = existsSync(target) && !relative(root, target).startsWith('..');
    const hasAnchor =
      anchor === undefined || (isThere && anchorsOf(await readFile(target, 'utf8')).has(anchor));
    if (!isThere || !hasAnchor) lost.push(link);
  }
  expect(lost).toEqual([]);
});

it('the README has at most 900 words', async () => {
  const text = await readPage('README.md');
  expect(text.split(/\s+/).length).toBeLessThanOrEqual(900);
});

describe.each(forUsers)('%s', async (page) => {
  const text = await readPage(page);

  it('quotes only texts that the source has', async () => {
    const sources = await wordsOfProgram;
    const wrong = quotesIn(text).filter(
      (quote) => !composed.has(quote) && !partsOf(quote).every((part) => sources.includes(part)),
    );
    expect(wrong).toEqual([]);
  });
});

describe.each(pages)('%s', async (page) => {
  const text = await readPage(page);

  it('shows only commands that the command line accepts', async () => {
    const answers = await Promise.all(
      commandsIn(text).map(async (words) => [words.join(' '), await answerTo(words)]),
    );
    expect(answers.filter(([, answer]) => answer !== 'accepted')).toEqual([]);
  });

  it('names only existing options', async () => {
    const known = new Set((await wholeHelp).match(anyOption));
    const named = [...codeLines(text), ...codeSpans(text)].flatMap((code) =>
      (code.match(anyOption) ?? []).map((option) => [option, code] as const),
    );
    const strange = named.filter(
      ([option]) => !known.has(option) && !foreignOptions.has(option) && !inDocsOnly.has(option),
    );
    expect(strange).toEqual([]);
  });
});

it('the pages show commands', async () => {
  const texts = await Promise.all(pages.map(readPage));
  expect(texts.flatMap(commandsIn).length).toBeGreaterThan(30);
});

it('messages name only existing options', async () => {
  const known = new Set((await wholeHelp).match(anyOption));
  const strange = (await programTexts()).flatMap(([name, text]) =>
    (text.match(anyOption) ?? [])
      .filter((option) => !known.has(option) && !foreignOptions.has(option))
      .map((option) => `${name}: ${option}`),
  );
  expect(known.size).toBeGreaterThan(50);
  expect(strange).toEqual([]);
});

it('the help and the guide list every exit code', async () => {
  const { stdout } = await runTest(['--help']);
  const said = stdout.text.slice(stdout.text.indexOf('Exit codes:'));
  const guide = await readFile(join(root, 'docs', 'guide', 'command-line.md'), 'utf8');
  const table = guide.slice(guide.indexOf('**Exit codes**'));
  // 141 means that the reader of a pipe has ended; users never see it.
  const codes = Object.values(exitCodes).filter((code) => code !== exitCodes.readerGone);
  expect(codes.filter((code) => !new RegExp(`\\b${code}\\b`).test(said))).toEqual([]);
  expect(codes.filter((code) => !new RegExp(`^\\| ${code} `, 'm').test(table))).toEqual([]);
});

const anyOption = /(?<![\w-])--[a-z][a-z0-9-]+/g;

const wholeHelp = helpOf([]);

/** Options of Node and npm, and one passed between the app's processes. */
const foreignOptions = new Set(['--disable-warning', '--initial-heap-size', '--known', '--omit']);

/** Options of npm, pip and Electron that only the pages name. */
const inDocsOnly = new Set(['--disable-gpu', '--no-save', '--prefix', '--target']);

/**
 * Runs a command with an engine that only notes that it is called. A command without options is a mention, which
 * needs no more than to exist.
 */
async function answerTo(words: readonly string[]): Promise<string> {
  const calls: string[] = [];
  const note = (name: string): Promise<never> => {
    calls.push(name);
    return Promise.reject(new Error('enough'));
  };
  const names = Object.keys(refusing) as (keyof Engine)[];
  const engine = Object.fromEntries(names.map((name) => [name, () => note(name)]));
  const { stderr } = await runTest(words, { engine });
  if (calls.length > 0) return 'accepted';
  if (words.some((word) => word.startsWith('-'))) return stderr.text;
  const help = await runTest([...words, '--help']);
  return help.stdout.text.includes(`Usage: understudy ${words.join(' ')}`)
    ? 'accepted'
    : stderr.text;
}

/** Returns the help of a command and of all commands below it. */
async function helpOf(command: readonly string[]): Promise<string> {
  const { stdout } = await runTest([...command, '--help']);
  const [, listed = ''] = /^Commands:\n((?: .*\n)*)/m.exec(stdout.text) ?? [];
  const names = [...listed.matchAll(/^ {2}([a-z]+)/gm)].map(([, name = '']) => name);
  const below = names.filter((name) => name !== 'help').map((name) => helpOf([...command, name]));
  return [stdout.text, ...(await Promise.all(below))].join('\n');
}

/**
 * Sources without their comments, by name; components are left out, because they hold no messages and properties of
 * CSS look like options.
 */
async function programTexts(): Promise<[name: string, text: string][]> {
  const names = await readdir(join(root, 'src'), { recursive: true });
  const sources = names.filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return Promise.all(
    sources.map(async (name) => {
      const text = await readFile(join(root, 'src', name), 'utf8');
      return [name, text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '')];
    }),
  );
}

/** Words in quotation marks that no source contains literally. */
const composed = new Set(['in these quotation marks', 'Every 2nd block']);

/** All sources but the tests, as one line. */
const wordsOfProgram = (async (): Promise<string> => {
  const texts: string[] = [];
  for (const folder of ['src', 'bin', 'scripts']) {
    for (const name of await readdir(join(root, folder), { recursive: true })) {
      const isSource = /\.(?:ts|mjs|svelte)$/.test(name) && !name.endsWith('.test.ts');
      if (isSource) texts.push(await readFile(join(root, folder, name), 'utf8'));
    }
  }
  return plain(texts.join('\n'));
})();

/** Returns the command lines of the program in code blocks and tables, as words without the program's name. */
function commandsIn(text: string): string[][] {
  const code = [...codeLines(text), ...codeSpans(text)];
  const given = code.flatMap((line) => /^\s*npm run cli -- (.+)$/.exec(line)?.[1] ?? []);
  const [, table = ''] = /^\| command +\|.*\n((?:\|.*\n)*)/m.exec(text) ?? [];
  const rows = [...table.matchAll(/^\| (`[^|]*)/gm)].map(([, cell = '']) => codeSpans(cell));
  // `teacher inspect`, `fetch`: the words before the last apply to the following spans too.
  const cells = rows.flatMap(([first = '', ...others]) => {
    const group = first.includes('-') ? '' : first.split(' ').slice(0, -1).join(' ');
    return [first, ...others.map((other) => `${group} ${other}`)];
  });
  return [...given, ...cells]
    .filter((line) => !/^\s*[<…]/.test(line) && !/^(?:npm|npx|node|[A-Z_]+=)/.test(line))
    .map((line) => line.trim().split(/\s+/));
}

function quotesIn(text: string): string[] {
  return [...plain(text).matchAll(/“([^”]+)”/g)].map(([, quote = '']) => quote);
}

/** Returns the fixed parts of a template: the text between its placeholders. */
function partsOf(quote: string): string[] {
  return quote
    .replaceAll('`', '')
    .split('…')
    .map((part) => part.trim())
    .filter((part) => part.length > 1);
}

function plain(text: string): string {
  return text.replaceAll("\\'", "'").replaceAll('’', "'").replace(/\s+/g, ' ');
}
