import type { DistillOptions } from '../contract/jobs.ts';
import { UserError } from '../core/errors.ts';
import { channelsOf, colourChannels, preparationOf } from '../core/image/preparation.ts';

/**
 * What a command says of bands and values, whose parts must fit each other. Projects are not asked: a teacher that is kept
 * may have bands named for another of them, which are then not used.
 *
 * @throws UserError 'invalid-option'
 */
export function requireSeen({
  overrides: { colourBands },
  preparation,
}: Pick<DistillOptions, 'overrides' | 'preparation'>): void {
  requireShades(preparation.range);
  const channels = channelsOf(preparationOf(preparation));
  // Red, green and blue are of use to images that have them, and no matter to others.
  if (colourBands === undefined || [channels, colourChannels].includes(colourBands.length)) return;
  throw new UserError(
    'invalid-option',
    `${colourBands.length} bands of the teacher were named, and of images ${channels} are seen. Name as many of the teacher's as are seen.`,
  );
}

function requireShades(range: string): void {
  const [kind, ...numbers] = range.split(':');
  const [first = 0, second = 0] = numbers.map(Number);
  const isEmpty = (kind === 'window' && second <= 0) || (kind === 'percentile' && first >= second);
  if (!isEmpty) return;
  throw new UserError(
    'invalid-option',
    `--range ${range} leaves no value between black and white. Give a width above 0 (window:<centre>:<width>), or a lower share before a higher one (percentile:2:98).`,
  );
}
