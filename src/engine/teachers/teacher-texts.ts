import type { InferredProperty } from '../../contract/descriptions.ts';
import { colourChannels } from '../../core/image/preparation.ts';
import type { DescribedTeacher } from '../../formats/checkpoints/read-teacher.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import { teacherText } from '../../text/index.ts';

/** Choice of the sentences about how images reach a teacher. */

/** Adaptation of a teacher's input to the images that it receives. */
export interface AdaptedInput {
  /** Number of bands that the teacher was trained on. */
  readonly bands: number;
  /**
   * Indices from 0 of the teacher's bands that the image channels (those of `model`) correspond to; undefined if
   * unknown.
   */
  readonly known: readonly number[] | undefined;
  /** Use of the teacher's own mean and deviation of stored values; undefined if it has none. */
  readonly stored: 'used' | 'unused' | undefined;
  readonly model: VitModel;
}

/** Notes on a teacher's bands and values, for users who choose images for it. */
export function inputNotes(described: DescribedTeacher): string[] {
  return [...bandNotes(described), ...valueNotes(described)];
}

function bandNotes({ architecture, colours: named }: DescribedTeacher): string[] {
  const { channels: bands } = architecture;
  if (bands === colourChannels) return [];
  if (named?.length === colourChannels) {
    return [teacherText.namedColours(bands, named.map(fromOne))];
  }
  return [
    bands < colourChannels
      ? teacherText.adaptedFewBands(bands)
      : teacherText.adaptedManyBands(bands),
  ];
}

function valueNotes({ storedNormalization: stored }: DescribedTeacher): string[] {
  if (stored === undefined) return [];
  return [teacherText.storedValues(stored.mean.map((value) => Math.round(value)))];
}

/** Command-line options for properties that a teacher's file does not state. */
export const correctingFlags: Readonly<Record<InferredProperty['property'], string>> = {
  heads: '--heads',
  epsilon: '--epsilon',
  activation: '--activation',
  pooling: '--pooling',
  mean: '--mean',
  deviation: '--std',
  colourBands: '--teacher-bands',
};

/** Sentences about a teacher's guessed properties, each with the option that corrects it. */
export function guessTexts(inferred: readonly InferredProperty[]): string[] {
  const guesses = inferred.filter(({ source }) => source === 'guess');
  // Mean and deviation share one sentence.
  const sentences = [...new Set(guesses.map(({ sentence }) => sentence))];
  return sentences.map((sentence) => {
    const those = guesses.filter((guess) => guess.sentence === sentence);
    return teacherText.guess(
      sentence,
      those.map(({ property }) => correctingFlags[property]),
    );
  });
}

/** Sentences on input that is not plain red, green and blue: other bands, and stored values. */
export function inputTexts(teacher: AdaptedInput): string[] {
  const bands = bandsText(teacher);
  return [...(bands === null ? [] : [bands]), ...valuesText(teacher)];
}

function colourBandsText(bands: number, known: readonly number[] | undefined): string {
  return known === undefined
    ? teacherText.coloursToAll(bands)
    : teacherText.coloursToNamed(bands, known.map(fromOne));
}

function valuesText({ stored }: Pick<AdaptedInput, 'stored'>): string[] {
  switch (stored) {
    case 'used':
      return [teacherText.ownNormalization];
    case 'unused':
      return [teacherText.ownNormalizationUnused];
    case undefined:
      return [];
  }
}

/** @returns null if there is nothing to report */
function bandsText({
  bands,
  known,
  model,
}: Pick<AdaptedInput, 'bands' | 'known' | 'model'>): string | null {
  const { channels } = model.architecture;
  if (channels === colourChannels) return bands > channels ? colourBandsText(bands, known) : null;
  const counts = { used: channels, trained: bands };
  if (known !== undefined) return teacherText.bandsToNamed(counts, known.map(fromOne));
  if (bands === channels) return teacherText.bandsInOrder(counts);
  return channels < bands ? teacherText.fewerBands(counts) : teacherText.moreBands(counts);
}

function fromOne(band: number): number {
  return band + 1;
}
