import type { PropertySource } from '../../contract/descriptions.ts';
import { UserError } from '../../core/errors.ts';
import { coloursByNumber } from '../../core/image/colour-names.ts';
import { colourChannels } from '../../core/image/preparation.ts';
import type { Normalization, VitArchitecture } from '../../core/vit/architecture.ts';
import type { StoredNormalization } from '../../core/vit/stored-normalization.ts';
import type { Chooser, Knowledge } from './chooser.ts';
import type { FoundEncoder } from './find-encoder.ts';
import {
  refusedModelText,
  teacherFileText,
  teacherNotes,
  teacherPropertyText,
} from '../../text/index.ts';
import type { Sidecars } from './configuration-facts.ts';

/** Inference of a teacher's bands: their normalisation, and which of them are red, green and blue. */

/** Drops a mean and deviation that are for another number of bands, and notes it. */
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
    mean: isPixels ? mean : undefined,
    deviation: isPixels ? deviation : undefined,
    storedNormalization: isStored ? stored : undefined,
    otherImages: unfit.length > 0 ? true : rest.otherImages,
    notes: [
      ...config.notes,
      ...unfit.map(({ where, bands }) =>
        teacherNotes.normalizationOfOtherBands(where, bands, channels),
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
  const ofUsual = fits
    ? teacherPropertyText.normalizationOf
    : teacherPropertyText.averagedNormalizationOf;
  const words = (values: readonly number[], from: PropertySource): string =>
    from === source ? ofUsual(usual.normalizationOf) : teacherPropertyText.normalization(values);
  const normalization = {
    mean: choose.one('mean', fits ? [...mean] : average(mean), source, words),
    deviation: choose.one('deviation', fits ? [...deviation] : average(deviation), source, words),
  };
  for (const values of [normalization.mean, normalization.deviation]) {
    if (values.length !== channels) {
      throw new UserError(
        'invalid-option',
        refusedModelText.message(path, teacherFileText.otherBandCount(channels, values.length)),
      );
    }
  }
  return normalization;
}

/** Returns the normalisation of stored values, if a configuration states it and nothing overrides it. */
export function storedNormalizationOf({
  given,
  file,
  config,
}: Knowledge): StoredNormalization | undefined {
  if (given.mean !== undefined || file.mean !== undefined) return undefined;
  return config.storedNormalization?.value;
}

/** @throws UserError 'invalid-option' for bands that the teacher does not have */
export function inferColourBands(
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
      refusedModelText.message(path, teacherFileText.noBand(channels, most)),
    );
  }
  // The bands of up to three are the usual colours, unless the user states otherwise.
  if (channels <= 3 && given.colourBands === undefined) return undefined;
  const family = usual.colourBands?.[channels];
  const guess = coloursByNumber(channels, config.bandNames?.value);
  const bands = choose.one(
    'colourBands',
    [...(family ?? guess ?? [])],
    family === undefined ? 'guess' : 'family',
    (values, source) => {
      if (values.length !== 0 && values.length !== colourChannels) {
        return teacherPropertyText.bandsInOrder(values);
      }
      if (values.length === 0) return teacherPropertyText.coloursAveraged(channels);
      if (source === 'family') return teacherPropertyText.coloursOf(values, usual.of);
      if (source === 'guess') return teacherPropertyText.guessedColours(values);
      return teacherPropertyText.colours(values);
    },
  );
  return bands.length === 0 ? undefined : bands.map((band) => band - 1);
}
