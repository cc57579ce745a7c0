import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { teachersFile, teachersPage } from '../../../scripts/teachers-page.ts';
import { cards } from './cards.ts';

it('docs/teachers.md matches the cards; npm run teachers writes it', async () => {
  const page = await teachersPage();
  expect(await readFile(teachersFile, 'utf8')).toBe(page);
  for (const { files } of cards) for (const { url } of files) expect(page).toContain(url);
});
