import type { DistillOptions } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { channelsOf, colourChannels, preparationOf } from '../../core/image/preparation.ts';
import { readingImagesText } from '../../text/index.ts';

/**
 * Checks that a command's options on bands and values fit each other. Projects are not checked: a stored teacher may
 * have bands named for another project, which are then unused.
 *
 * @throws UserError 'invalid-option'
 */
export function requirePreparation({
  overrides: { colourBands },
  preparation,
}: Pick<DistillOptions, 'overrides' | 'preparation'>): void {
  requireRange(preparation.range);
  const channels = channelsOf(preparationOf(preparation));
  // Red, green and blue help images that have them, and do not matter to others.
  if (colourBands === undefined || [channels, colourChannels].includes(colourBands.length)) return;
  throw new UserError(
    'invalid-option',
    readingImagesText.otherBandCount({ named: colourBands.length, channels }),
  );
}

function requireRange(range: string): void {
  const [kind, ...numbers] = range.split(':');
  const [first = 0, second = 0] = numbers.map(Number);
  const isEmpty = (kind === 'window' && second <= 0) || (kind === 'percentile' && first >= second);
  if (!isEmpty) return;
  throw new UserError('invalid-option', readingImagesText.emptyRange(range));
}
