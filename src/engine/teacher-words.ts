import type { InferredProperty } from '../contract/descriptions.ts';
import { colourChannels } from '../core/image/preparation.ts';
import type { DescribedTeacher } from '../formats/checkpoints/read-teacher.ts';
import type { VitModel } from '../core/vit/weights.ts';

/** What people are told of how images reach a teacher. */

/** How a teacher was adapted to the images that it is shown. */
export interface AdaptedInput {
  /** How many bands it was trained on. */
  readonly bands: number;
  /** Which of those the channels of images are, counted from 0, where that is known; those of `model`. */
  readonly known: readonly number[] | undefined;
  /** Whether its own mean and deviation of stored values are in use, where it has such. */
  readonly stored: 'used' | 'unused' | undefined;
  readonly model: VitModel;
}

/** What is to be known of a teacher's bands and values before images are chosen for it. */
export function notesOnInput(described: DescribedTeacher): string[] {
  return [...bandNotes(described), ...valueNotes(described)];
}

function bandNotes({ architecture, colours: named }: DescribedTeacher): string[] {
  const { channels: bands } = architecture;
  if (bands === colourChannels) return [];
  const trained = `It was trained on images of ${bands} ${bands === 1 ? 'band' : 'bands'}`;
  const all =
    bands > colourChannels ? ` Images of which ${bands} bands are seen give each its own.` : '';
  if (named?.length === colourChannels) {
    const [red, green, blue] = named.map((band) => band + 1);
    return [
      `${trained}. Of images in red, green and blue its bands ${red}, ${green} and ${blue} see those, and all others the mean of the three, for want of their own.${all}`,
    ];
  }
  const how =
    bands < colourChannels
      ? 'each sees a share of what it was trained on'
      : 'each sees the mean of all of them, so that colours no longer tell apart what they did in its training';
  return [
    `${trained}. For images in red, green and blue its patch embedding is adapted: ${how}.${all}`,
  ];
}

function valueNotes({ storedNormalization: stored }: DescribedTeacher): string[] {
  if (stored === undefined) return [];
  const rounded = stored.mean.map((value) => Math.round(value)).join(', ');
  return [
    `It was trained on values as files store them (means of ${rounded}). That is used where images are seen through a window that holds those, as window:5000:10000 for reflectance times 10,000; usual numbers stand for it elsewhere, and where files scale their values.`,
  ];
}

/** Options of the command line that say what a teacher's file does not. */
export const correctingFlags: Readonly<Record<InferredProperty['property'], string>> = {
  heads: '--heads',
  epsilon: '--epsilon',
  activation: '--activation',
  pooling: '--pooling',
  mean: '--mean',
  deviation: '--std',
  colourBands: '--teacher-bands',
};

/** What of a teacher is no better than a guess, each with the option that corrects it, as sentences. */
export function saidGuesses(inferred: readonly InferredProperty[]): string[] {
  const guesses = inferred.filter(({ source }) => source === 'guess');
  // Mean and deviation have one sentence.
  const sentences = [...new Set(guesses.map(({ sentence }) => sentence))];
  return sentences.map((sentence) => {
    const those = guesses.filter((guess) => guess.sentence === sentence);
    const flags = those.map(({ property }) => correctingFlags[property]).join(' and ');
    return `A guess about the teacher, which its file does not say: ${sentence}. If it is wrong, the student learns from wrong features: correct it with ${flags}.`;
  });
}

/** How images reach a teacher, as far as it is worth a word: bands that are not red, green and blue, and stored values. */
export function saidInput(teacher: AdaptedInput): string[] {
  const bands = saidBands(teacher);
  return [...(bands === null ? [] : [bands]), ...saidValues(teacher)];
}

function saidColours(bands: number, known: readonly number[] | undefined): string {
  const seen = `Of each image red, green and blue are seen, or what was chosen in their place, and the teacher was trained on ${bands} bands`;
  const rest = `Let it see as many (--bands 1-${bands}) where the images have them.`;
  if (known === undefined) return `${seen}: each goes to all of them. ${rest}`;
  const own = known.map((band) => band + 1).join(', ');
  return `${seen}: they go to its bands ${own}, and the others see their mean. ${rest}`;
}

function saidValues({ stored }: Pick<AdaptedInput, 'stored'>): string[] {
  switch (stored) {
    case 'used':
      return ["Images are normalised by the teacher's own mean and deviation of stored values."];
    case 'unused':
      return [
        'The teacher was trained on stored values, and images are not seen through a window that holds its means: usual numbers stand for its own mean and deviation. Choose a window of the values that it knows (--range window:5000:10000 for reflectance times 10,000) to use those.',
      ];
    case undefined:
      return [];
  }
}

/** @returns null where there is nothing to say */
function saidBands({
  bands,
  known,
  model,
}: Pick<AdaptedInput, 'bands' | 'known' | 'model'>): string | null {
  const { channels } = model.architecture;
  if (channels === colourChannels) return bands > channels ? saidColours(bands, known) : null;
  const seen = `Of each image ${channels} bands are seen, and the teacher was trained on ${bands}`;
  if (known !== undefined) {
    const others = bands > channels ? '; the others see their mean' : '';
    return `${seen}: they go to its bands ${known.map((band) => band + 1).join(', ')}${others}.`;
  }
  if (bands === channels) return `${seen}: they go to its bands in order.`;
  return channels < bands
    ? `${seen}: its patch embedding is adapted, each of them by the mean of all that there was. Name its bands (--teacher-bands) if you know them.`
    : `${seen}: its patch embedding is adapted by copies of what there was in turn, scaled so that an image that is the same in all bands looks as before.`;
}
