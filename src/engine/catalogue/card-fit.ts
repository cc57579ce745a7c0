import { readFile } from 'node:fs/promises';
import type { Card } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { describeTeacher } from '../../formats/checkpoints/read-teacher.ts';
import { readFailure } from '../../formats/file-errors.ts';
import { parseJson } from '../../formats/json.ts';

/** What of a transformer tells a card's from others. */
type Shape = Pick<Card, 'blocks' | 'width' | 'patchSize' | 'bands'>;

/** Digits of a SHA-256. */
const wholeHash = 64;

/**
 * Whether a file can be a card's weights: a name and a licence are not given to any other. Where the card says the whole
 * hash, which was compared before, there is nothing to ask.
 *
 * @throws UserError 'invalid-file' where it is another transformer, and as `describeTeacher`
 */
async function requireFit(card: Card, path: string): Promise<void> {
  if (card.files[0]?.sha256?.length === wholeHash) return;
  const { architecture } = await describeTeacher(path);
  const { depth: blocks, width, patchSize, channels: bands } = architecture;
  const found = shapeText({ blocks, width, patchSize, bands });
  const expected = shapeText(card);
  if (found === expected) return;
  throw new UserError(
    'invalid-file',
    `${path} is another teacher than ${card.name}: it has ${found}, where ${expected} were expected.`,
  );
}

/**
 * Whether a file can be one of a card's.
 *
 * @param name of the file, as the card lists it. @throws UserError as `requireFit` for weights, as `requireJson` for others
 */
export function requireUsable(card: Card, name: string, path: string): Promise<void> {
  return name === card.files[0]?.name ? requireFit(card, path) : requireJson(path);
}

/** Whether a file that says how weights are meant says anything. @throws UserError 'invalid-file', 'disk' */
async function requireJson(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw readFailure(error, path);
  });
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return;
  throw new UserError('invalid-file', 'it is no JSON that says anything.');
}

function shapeText({ blocks, width, patchSize, bands }: Shape): string {
  return `${blocks} blocks of width ${width}, patches of ${patchSize} px and ${bands} bands`;
}
