import type { PropertySource } from '../../../contract/descriptions.ts';
import type { TeacherOverrides } from '../../../contract/jobs.ts';
import { count, counted, gigabytes, megabytes, written } from '../../lib/format.ts';

export const teacherText = {
  title: 'Teacher',
  explanation:
    'The teacher is a large model that has seen many images. The student keeps some of its blocks and learns from it. A teacher that knows images like yours gives a better student.',
  choose: 'Choose a teacher',
  next: 'Continue to skip factor',
  nothingChosen: 'Choose a teacher to go on.',
  bundled: 'Comes with the app',
  own: 'Your own file',
  fetched: 'From the catalogue',
  facts: {
    parameters: 'Parameters',
    size: 'File size',
    input: 'Input',
    blocks: 'Blocks',
  },
  input: (side: number) => `${count(side)} × ${count(side)}`,
  trained: 'Trained on',
  suits: 'Suits',
  licence: 'Licence',
  unknown: 'The file does not say',
  assumed: (number: number) => `${counted(number, 'thing')} assumed`,
  guessed: 'Guessed, since its file does not say it',
  guess: (sentence: string) => `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`,
  guessedWhy:
    'If a guess is wrong, the student learns from wrong features. “Correct…” is under “More”, on the step Teacher.',
  inferredWhy: 'What the weights do not show by themselves, and where it comes from:',
  sources: {
    given: 'as you said',
    file: 'in the file',
    config: 'in its configuration',
    family: 'usual of its kind',
    guess: 'a guess',
  } satisfies Record<PropertySource, string>,
  correct: {
    open: 'Correct…',
    title: (name: string) => `What ${name} is`,
    why: 'Correct what you know better, from the model’s page or its code. It is tried on a few images again before it is taken.',
    names: {
      heads: 'Attention heads',
      epsilon: 'ε of the layer norms',
      activation: 'Activation',
      pooling: 'What stands for an image',
      mean: 'Mean of its images',
      deviation: 'Standard deviation of its images',
      colourBands: 'Which of its bands see yours',
    } satisfies Record<keyof TeacherOverrides, string>,
    hints: {
      heads: 'A number that divides the width; most are 64 wide each.',
      epsilon: 'As 1e-6 (timm), 1e-12 (Hugging Face) or 1e-5 (CLIP).',
      activation: 'The models of OpenAI’s CLIP have quick-gelu.',
      pooling: 'The class token, or the mean of all patches.',
      mean: 'One number a band, of pixels from 0 to 1.',
      deviation: 'One number a band, of pixels from 0 to 1.',
      colourBands:
        'Counted from 1, in the order of yours: three for red, green and blue, or as many as the project sees. Its others see the mean.',
    } satisfies Record<keyof TeacherOverrides, string>,
    wrong: {
      heads: 'Attention heads are a whole number from 1 to 256.',
      epsilon: 'ε is a small number, as 1e-6, and at most 0.1.',
      activation: 'Choose one of the activations.',
      pooling: 'Choose what stands for an image.',
      mean: 'The mean is one number a band from -1 to 1, as 0.485, 0.456, 0.406.',
      deviation:
        'The standard deviation is one number a band from 0.001 to 2, as 0.229, 0.224, 0.225.',
      colourBands: 'Name different bands by their numbers from 1, as 4, 3, 2 or 1-6.',
    } satisfies Record<keyof TeacherOverrides, string>,
    /** Where bands were named, but not as many as images have for a model. */
    asMany: (channels: number) =>
      channels === 3
        ? 'Name three bands, as the project sees red, green and blue.'
        : `Name ${count(channels)} bands, as many as the project sees, or three for red, green and blue.`,
    failed: 'It cannot be taken so',
    cancel: 'Cancel',
    save: 'Take it so',
    trying: 'Trying it…',
  },
  more: 'More',
  architecture: (width: number, heads: number, patch: number) =>
    `Vision transformer, width ${count(width)}, ${counted(heads, 'attention head')}, patches of ${patch} px`,
  memory: {
    fits: (needed: number, free: number) =>
      `Fits this machine: needs ${written(gigabytes(needed))}, ${written(gigabytes(free))} are free.`,
    tight: (needed: number, free: number) =>
      `Fits barely: needs ${written(gigabytes(needed))} of the ${written(gigabytes(free))} that are free. Close other programs before you distil.`,
    short: (needed: number, free: number) =>
      `May not fit: needs ${written(gigabytes(needed))}, but ${written(gigabytes(free))} are free. Close other programs, or choose a smaller teacher.`,
  },
  add: {
    title: 'Use a teacher of your own',
    explanation:
      'A vision transformer as a safetensors file or a checkpoint of PyTorch, as it was published. It is read where it lies and never leaves this machine.',
    button: 'Choose a file…',
    drop: 'or drop it here',
    dialog: 'Choose a teacher',
    busy: (file: string) => `Reading ${file}…`,
    failed: (file: string) => `${file} cannot be a teacher`,
    wrongType:
      'A teacher is a safetensors file, or a checkpoint of PyTorch (pth, pt, bin or ckpt). Drop the file itself, not its folder or an archive.',
  },
  remove: (name: string) => `Remove ${name} from the list`,
  removeShort: 'Remove',
  removeFetched: {
    title: (name: string) => `Remove ${name}?`,
    loses: (bytes: number) =>
      `What was fetched of it (${written(megabytes(bytes))}) is deleted from this computer. The catalogue can fetch it again.`,
    confirm: 'Remove and delete',
  },
  hints: {
    title: 'What makes a good teacher',
    list: [
      {
        name: 'It knows images like yours',
        why: 'A student can only learn what its teacher sees. A model of your field beats a larger one of another.',
      },
      {
        name: 'It is large enough to be cut',
        why: 'Twelve blocks or more leave room to skip some. From a very small teacher little can be left out.',
      },
      {
        name: 'You may use it',
        why: 'The student comes from the teacher’s weights, so the teacher’s licence holds for it as well.',
      },
    ],
  },
  loading: 'Looking for teachers',
  loadFailed: 'The teachers could not be listed',
  again: 'Try again',
};
