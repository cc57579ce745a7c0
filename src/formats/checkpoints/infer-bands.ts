import type { PropertySource } from '../../contract/descriptions.ts';
import { UserError } from '../../core/errors.ts';
import { coloursByNumber } from '../../core/image/colour-names.ts';
import { colourChannels } from '../../core/image/preparation.ts';
import type { Normalization, VitArchitecture } from '../../core/vit/architecture.ts';
import type { StoredNormalization } from '../../core/vit/stored-normalization.ts';
import type { Chooser, Knowledge } from './chooser.ts';
import type { FoundEncoder } from './find-encoder.ts';
import { bandCount } from './said.ts';
import type { Sidecars } from './said.ts';

/** What is known of a teacher's bands: how they were normalised, and which of them are red, green and blue. */

/** A configuration without the mean and deviation of another number of bands, of which it notes that. */
export function withFittingNormalization(config: Sidecars, channels: number): Sidecars {
  const { mean, deviation, storedNormalization: stored, ...rest } = config;
  const isPixels = mean?.value.length === channels;
  const isStored = stored?.value.mean.length === channels;
  const unfit = [
    ...(mean === undefined || isPixels ? [] : [{ where: mean.where, bands: mean.value.length }]),
    ...(stored === undefined || isStored
      ? []
      : [{ where: stored.where, bands: stored.value.mean.length }]),
  ];
  return {
    ...rest,
    ...(isPixels && { mean, ...(deviation && { deviation }) }),
    ...(isStored && { storedNormalization: stored }),
    ...(unfit[0] && {
      otherImages: { value: 'a mean and standard deviation', where: unfit[0].where },
    }),
    notes: [
      ...config.notes,
      ...unfit.map(
        ({ where, bands }) =>
          `${where} is for ${bandCount(bands)}, and the teacher takes ${bandCount(channels)}: that was not taken over.`,
      ),
    ],
  };
}

export function normalizationOf(
  path: string,
  { convention: { usual } }: FoundEncoder,
  { channels }: VitArchitecture,
  { config }: Knowledge,
  choose: Chooser,
): Normalization {
  const { mean, deviation } = usual.normalization;
  const fits = mean.length === channels;
  const isKnown = fits && config.otherImages === undefined;
  const source = isKnown ? (usual.normalizationSource ?? 'family') : 'guess';
  const average = (values: readonly number[]): number[] =>
    Array.from({ length: channels }, () => values.reduce((sum, value) => sum + value, 0) / 3);
  const of = fits ? usual.normalizationOf : `${usual.normalizationOf}, averaged over its bands`;
  const words = (values: readonly number[], from: PropertySource): string =>
    from === source
      ? `images normalised with the mean and standard deviation of ${of}`
      : `images normalised with ${values.map((value) => Number(value.toFixed(4))).join(', ')}`;
  const normalization = {
    mean: choose.one('mean', fits ? [...mean] : average(mean), source, words),
    deviation: choose.one('deviation', fits ? [...deviation] : average(deviation), source, words),
  };
  for (const values of [normalization.mean, normalization.deviation]) {
    if (values.length !== channels) {
      throw new UserError(
        'invalid-option',
        `${path}: the teacher takes ${bandCount(channels)}, but the normalisation has ${values.length}. Give one mean and one standard deviation a band.`,
      );
    }
  }
  return normalization;
}

/** Of values as files store them, where a configuration has it and nobody says otherwise. */
export function storedNormalizationOf({
  given,
  file,
  config,
}: Knowledge): StoredNormalization | undefined {
  if (given.mean !== undefined || file.mean !== undefined) return undefined;
  return config.storedNormalization?.value;
}

/** @throws UserError 'invalid-option' for bands that it has not */
export function coloursOf(
  path: string,
  { convention: { usual } }: FoundEncoder,
  { channels }: VitArchitecture,
  { given, config }: Knowledge,
  choose: Chooser,
): readonly number[] | undefined {
  const most = Math.max(...(given.colourBands ?? [0]));
  if (most > channels) {
    throw new UserError(
      'invalid-option',
      `${path}: the teacher takes ${bandCount(channels)}, and there is no band ${most} among them. Name bands of its own.`,
    );
  }
  // Of three, they are what they are everywhere, unless somebody knows better.
  if (channels <= 3 && given.colourBands === undefined) return undefined;
  const family = usual.colourBands?.[channels];
  const guess = coloursByNumber(channels, config.bandNames?.value);
  const bands = choose.one(
    'colourBands',
    [...(family ?? guess ?? [])],
    family === undefined ? 'guess' : 'family',
    (values, source) => {
      if (values.length !== 0 && values.length !== colourChannels) {
        return `what is seen of images goes to its bands ${values.join(', ')}`;
      }
      if (values.length === 0) return `each colour seen by all of its ${channels} bands at once`;
      const whose = source === 'family' ? `, as in ${usual.of}` : ', as in the order of Sentinel-2';
      const why = source === 'family' || source === 'guess' ? whose : '';
      return `red, green and blue seen by its bands ${values.join(', ')}${why}`;
    },
  );
  return bands.length === 0 ? undefined : bands.map((band) => band - 1);
}
