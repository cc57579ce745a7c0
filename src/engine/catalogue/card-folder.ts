import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Card } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { catalogueText } from '../../text/index.ts';
import { tidyLock } from '../files/output-folder.ts';
import { cards } from './cards.ts';
import { forgetPart } from './download-part.ts';
import { weightsPath } from './fetch-card.ts';

/** Returns the folder of a card's files in a workspace. */
export function cardFolder(workspace: string, { id }: Card): string {
  return join(workspace, 'teachers', id);
}

/** Returns the card that a file was downloaded for; undefined for the user's own files. */
export function cardOfFile(workspace: string, file: string): Card | undefined {
  return cards.find((card) => weightsPath(card, cardFolder(workspace, card)) === file);
}

/** Deletes locks that killed processes left in the folders of cards; held locks stay. */
export function tidyCards(workspace: string): void {
  for (const card of cards) tidyLock(cardFolder(workspace, card));
}

/**
 * Deletes the downloaded files of a card. Other files in its folder stay, and in that case the folder too.
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
      catalogueText.filesNotDeleted(card.name, { folder }),
      String(error),
    );
  }
  // Fails if the folder has other files.
  await rmdir(folder).catch(() => undefined);
}
