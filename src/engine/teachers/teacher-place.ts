import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { UserError } from '../../core/errors.ts';
import { cards } from '../catalogue/cards.ts';
import { teacherText } from '../../text/index.ts';

/**
 * Checks that a teacher's file or folder exists.
 *
 * @throws UserError 'not-found'; if the catalogue has a teacher of that name, with the command to fetch it
 */
export function requireTeacher(file: string): void {
  if (existsSync(resolve(file))) return;
  const card = cards.find(({ id }) => id === file);
  throw new UserError(
    'not-found',
    card === undefined ? teacherText.notFound(file) : teacherText.inCatalogue(file),
  );
}
