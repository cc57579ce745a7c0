import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

const inDocs = await readdir(join(root, 'docs'), { recursive: true });

/** Pages of the documentation, relative to the root. */
export const pages: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md'],
  ...inDocs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
];

/** Pages for users: the README and the guide. */
export const forUsers: readonly string[] = pages.filter(
  (page) => page === 'README.md' || page.startsWith(join('docs', 'guide')),
);

export function readPage(page: string): Promise<string> {
  return readFile(join(root, page), 'utf8');
}

/** Returns the lines of all code blocks; a line that ends with a backslash continues on the next. */
export function codeLines(text: string): string[] {
  const blocks = text.matchAll(/^ *```[a-z]*\n([\s\S]*?)^ *```$/gm);
  return [...blocks].flatMap(([, block = '']) => block.replaceAll('\\\n', ' ').trim().split('\n'));
}

/** Returns the code spans of a page, without its code blocks. */
export function codeSpans(text: string): string[] {
  const prose = text.replace(/^ *```[\s\S]*?^ *```$/gm, '');
  return [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span);
}
