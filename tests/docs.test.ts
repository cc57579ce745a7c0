import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodes } from '../src/cli/environment.ts';
import { runTest } from '../src/cli/testing/test-environment.ts';

// The documentation: its links have targets, the README is short, and commands, options and quoted messages exist.

const root = join(import.meta.dirname, '..');
const inDocs = await readdir(join(root, 'docs'), { recursive: true });
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...inDocs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
];

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
  const text = await readFile(join(root, page), 'utf8');
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
  const text = await readFile(join(root, 'README.md'), 'utf8');
  expect(text.split(/\s+/).length).toBeLessThanOrEqual(900);
});

const forUsers = pages.filter(
  (page) => page === 'README.md' || page.startsWith(join('docs', 'guide')),
);

describe.each(forUsers)('%s', async (page) => {
  const text = await readFile(join(root, page), 'utf8');

  it('shows only existing commands, with existing options', async () => {
    const wrong: string[] = [];
    for (const words of commandsIn(text)) {
      const end = words.findIndex((word) => word.startsWith('--'));
      const names = end < 0 ? words : words.slice(0, end);
      const options = words.filter((word) => word.startsWith('--'));
      // In `teacher inspect the-folder`, the first two words are the command.
      const isGroup = ['teacher', 'image', 'labels'].includes(names[0] ?? '');
      const command = names.slice(0, isGroup ? 2 : 1);
      const { exitCode, stdout } = await runTest([...command, '--help']);
      const known = new Set(stdout.text.match(/--[a-z][a-z0-9-]*/g));
      const isOther =
        exitCode !== 0 || !stdout.text.includes(`Usage: understudy ${command.join(' ')}`);
      const strange = options.filter((option) => !known.has(option));
      if (isOther || strange.length > 0) wrong.push(words.join(' '));
    }
    expect(wrong).toEqual([]);
  });

  it('quotes only texts that the source has', async () => {
    const sources = await wordsOfProgram;
    const wrong = quotesIn(text).filter(
      (quote) => !composed.has(quote) && !partsOf(quote).every((part) => sources.includes(part)),
    );
    expect(wrong).toEqual([]);
  });
});

it('messages name only existing options', async () => {
  const known = new Set((await helpOf([])).match(anyOption));
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

/** Options of Node and npm, and one passed between the app's processes. */
const foreignOptions = new Set(['--disable-warning', '--initial-heap-size', '--known', '--omit']);

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
  const lines = text.replaceAll('\\\n', ' ').split('\n');
  const given = lines.flatMap((line) => /^\s*npm run cli -- (.+)$/.exec(line)?.[1] ?? []);
  const cells = lines.flatMap(
    (line) => /^\| `([a-z]+(?: [^`]*--[^`]*))` +\|/.exec(line)?.[1] ?? [],
  );
  return [...given, ...cells]
    .filter((line) => !line.startsWith('<'))
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
