import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../core/errors.ts';
import { cards } from './catalogue/cards.ts';

/**
 * Checks that something lies where a teacher is said to be.
 *
 * @throws UserError 'not-found'; where the catalogue has a teacher of that name, with the way to fetch it
 */
export function requireTeacher(file: string): void {
  if (existsSync(resolve(file))) return;
  const card = cards.find(({ id }) => id === file);
  throw new UserError(
    'not-found',
    card === undefined
      ? `${file} was not found. Check the path.`
      : `There is no file or folder ${file} here. The catalogue has a teacher of that name: fetch it with understudy teacher fetch ${file} --out ${file}, then try again.`,
  );
}
