import { readFile } from 'node:fs/promises';
import type { Card } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { describeTeacher } from '../../formats/checkpoints/read-teacher.ts';
import { readFailure } from '../../formats/files/file-errors.ts';
import { parseJson } from '../../formats/files/json.ts';
import { catalogueText } from '../../text/index.ts';

/** Hexadecimal digits of a SHA-256. */
const wholeHash = 64;

/**
 * Checks that a file can be a card's weights, so that no other file gets the card's name and licence. If the card knows
 * the whole hash, that was compared before and decides.
 *
 * @throws UserError 'invalid-file' if it is another transformer, and the errors of `describeTeacher`
 */
async function requireFit(card: Card, path: string): Promise<void> {
  if (card.files[0]?.sha256?.length === wholeHash) return;
  const { architecture } = await describeTeacher(path);
  const { depth: blocks, width, patchSize, channels: bands } = architecture;
  const found = catalogueText.architecture({ blocks, width, patchSize, bands });
  const expected = catalogueText.architecture(card);
  if (found === expected) return;
  throw new UserError(
    'invalid-file',
    catalogueText.otherArchitecture(path, { name: card.name, found, expected }),
  );
}

/**
 * Checks that a file can be one of a card's.
 *
 * @param name name of the file in the card's list
 * @throws UserError as `requireFit` for weights, as `requireJson` for others
 */
export function requireUsable(card: Card, name: string, path: string): Promise<void> {
  return name === card.files[0]?.name ? requireFit(card, path) : requireJson(path);
}

/**
 * Checks that a configuration file is a JSON object.
 *
 * @throws UserError 'invalid-file', 'disk'
 */
async function requireJson(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw readFailure(error, path);
  });
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new UserError('invalid-file', catalogueText.notAnObject);
}
