import type { PropertySource } from '../../../../contract/descriptions.ts';
import type { TeacherOverrides } from '../../../../contract/jobs.ts';
import { count, counted, gigabytes, megabytes, written } from '../../../lib/format.ts';

export const teacherText = {
  title: 'Teacher',
  explanation:
    'The teacher is a large model trained on many images. The student keeps some of its blocks and learns from it. A teacher trained on images like yours gives a better student.',
  choose: 'Choose a teacher',
  next: 'Continue to skip factor',
  nothingChosen: 'Choose a teacher to continue.',
  bundled: 'Comes with the app',
  own: 'Your own file',
  fetched: 'From the catalogue',
  facts: {
    parameters: 'Parameters',
    size: 'File size',
    float32: 'Size in float32',
    input: 'Input',
    blocks: 'Blocks',
  },
  input: (side: number) => `${count(side)} × ${count(side)}`,
  trained: 'Trained on',
  suits: 'Suits',
  licence: 'Licence',
  unknown: 'Not stated in the file',
  assumed: (number: number) => `${counted(number, 'property', 'properties')} assumed`,
  guessed: 'Guessed, because its file does not state it',
  guess: (sentence: string) => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`,
  guessedWhy:
    'If a guess is wrong, the student learns from wrong features. “Edit…” is under “More”, on the Teacher step.',
  inferredWhy: 'Properties that the weights do not show, and the source of each value:',
  sources: {
    given: 'set by you',
    file: 'in the file',
    config: 'in its configuration',
    family: 'typical of its kind',
    guess: 'a guess',
  } satisfies Record<PropertySource, string>,
  correct: {
    open: 'Edit…',
    title: (name: string) => `Properties of ${name}`,
    why: 'Correct these values from the model’s page or its code. The teacher is tested on a few images before the values apply.',
    names: {
      heads: 'Attention heads',
      epsilon: 'ε of the layer norms',
      activation: 'Activation',
      pooling: 'Image feature (pooling)',
      mean: 'Mean of its training images',
      deviation: 'Standard deviation of its training images',
      colourBands: 'Teacher bands that match your bands',
    } satisfies Record<keyof TeacherOverrides, string>,
    hints: {
      heads: 'A number that divides the width; most heads are 64 wide.',
      epsilon: 'For example 1e-6 (timm), 1e-12 (Hugging Face) or 1e-5 (CLIP).',
      activation: 'OpenAI’s CLIP models use quick-gelu.',
      pooling: 'The class token, or the mean of all patches.',
      mean: 'One number per band, for pixels from 0 to 1.',
      deviation: 'One number per band, for pixels from 0 to 1.',
      colourBands:
        'Numbers from 1, in the order of your bands: three for red, green and blue, or as many as the project uses. Other bands of the teacher receive the mean.',
    } satisfies Record<keyof TeacherOverrides, string>,
    wrong: {
      heads: 'The number of attention heads must be a whole number from 1 to 256.',
      epsilon: 'ε must be a small number, for example 1e-6, and at most 0.1.',
      activation: 'Choose one of the activations.',
      pooling: 'Choose the feature of an image.',
      mean: 'The mean needs one number per band from -1 to 1, for example 0.485, 0.456, 0.406.',
      deviation:
        'The standard deviation needs one number per band from 0.001 to 2, for example 0.229, 0.224, 0.225.',
      colourBands: 'Name different bands by their numbers from 1, for example 4, 3, 2 or 1-6.',
    } satisfies Record<keyof TeacherOverrides, string>,
    /** Error if the number of named bands does not match the project's. */
    asMany: (channels: number) =>
      channels === 3
        ? 'Name three bands, because the project uses red, green and blue.'
        : `Name ${count(channels)} bands, as many as the project uses, or three for red, green and blue.`,
    failed: 'These values do not work',
    cancel: 'Cancel',
    save: 'Apply',
    trying: 'Testing…',
  },
  more: 'More',
  architecture: (width: number, heads: number, patch: number) =>
    `Vision transformer, width ${count(width)}, ${counted(heads, 'attention head')}, patches of ${patch} px`,
  memory: {
    fits: (needed: number, free: number) =>
      `Fits this machine: needs ${written(gigabytes(needed))}; ${written(gigabytes(free))} is free.`,
    tight: (needed: number, free: number) =>
      `Barely fits: needs ${written(gigabytes(needed))} of the ${written(gigabytes(free))} that is free. Close other programs before you distil.`,
    short: (needed: number, free: number) =>
      `May not fit: needs ${written(gigabytes(needed))}, but ${written(gigabytes(free))} is free. Close other programs, or choose a smaller teacher.`,
  },
  add: {
    title: 'Use a teacher of your own',
    explanation:
      'A vision transformer as a safetensors file or a PyTorch checkpoint, as it was published. The file is read where it is and never leaves this machine.',
    button: 'Choose a file…',
    drop: 'or drop it here',
    dialog: 'Choose a teacher',
    busy: (file: string) => `Reading ${file}…`,
    failed: (file: string) => `${file} cannot be used as a teacher`,
    wrongType:
      'A teacher is a safetensors file or a PyTorch checkpoint (pth, pt, bin or ckpt). Drop a file of this kind, or a folder that contains one.',
  },
  remove: (name: string) => `Remove ${name} from the list`,
  removeShort: 'Remove',
  removeFetched: {
    title: (name: string) => `Remove ${name}?`,
    loses: (bytes: number) =>
      `Its downloaded files (${written(megabytes(bytes))}) are deleted from this computer. You can download them again from the catalogue.`,
    confirm: 'Remove and delete',
  },
  hints: {
    title: 'What makes a good teacher',
    list: [
      {
        name: 'It was trained on images like yours',
        why: 'A student can only learn what its teacher can distinguish. A model from your own field beats a larger one from another.',
      },
      {
        name: 'It has enough blocks to skip some',
        why: 'Twelve blocks or more are enough. A very small teacher has few blocks to skip.',
      },
      {
        name: 'Its licence allows your use',
        why: 'The student is derived from the teacher’s weights, so the teacher’s licence applies to the student as well.',
      },
    ],
  },
  loading: 'Loading the teachers',
  loadFailed: 'The teachers could not be listed',
  again: 'Try again',
};
