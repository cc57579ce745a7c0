import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Card } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { tidyLock } from '../output-folder.ts';
import { cards } from './cards.ts';
import { forgetPart } from './download-part.ts';
import { weightsPath } from './fetch-card.ts';

/** Where the files of a card lie in a workspace. */
export function cardFolder(workspace: string, { id }: Card): string {
  return join(workspace, 'teachers', id);
}

/** The card that a file was fetched for; undefined for one that a person has elsewhere. */
export function cardOfFile(workspace: string, file: string): Card | undefined {
  return cards.find((card) => weightsPath(card, cardFolder(workspace, card)) === file);
}

/** Takes away what killed processes left locked in the folders of cards; what is held stays. */
export function tidyCards(workspace: string): void {
  for (const card of cards) tidyLock(cardFolder(workspace, card));
}

/**
 * Deletes what was fetched of a card. What else lies in its folder stays, and so does the folder then.
 *
 * @throws UserError 'disk'
 */
export async function deleteCard(card: Card, workspace: string): Promise<void> {
  const folder = cardFolder(workspace, card);
  try {
    for (const { name } of card.files) {
      await rm(join(folder, name), { force: true });
      await forgetPart(join(folder, name));
    }
    tidyLock(folder);
  } catch (error) {
    throw new UserError(
      'disk',
      `${card.name} is out of the list, but what was fetched of it could not be deleted from ${folder}. Delete that folder yourself.`,
      String(error),
    );
  }
  // It has other files.
  await rmdir(folder).catch(() => undefined);
}
