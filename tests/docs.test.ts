import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

// What the documentation promises of itself: its links lead somewhere, and the README is short.

const root = join(import.meta.dirname, '..');
const inDocs = await readdir(join(root, 'docs'), { recursive: true });
const pages = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...inDocs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
];

/** Headings as addresses, as GitHub makes them. */
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

it.each(pages)('every link of %s leads somewhere', async (page) => {
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

it('the README is read in a few minutes', async () => {
  const text = await readFile(join(root, 'README.md'), 'utf8');
  expect(text.split(/\s+/).length).toBeLessThanOrEqual(900);
});
