import type { WrittenPreparation } from '../../../../contract/jobs.ts';
import { writtenBandList } from '../../../lib/band-list.ts';
import {
  agreementPercent,
  count,
  counted,
  megabytes,
  twoDigits,
  written,
} from '../../../lib/format.ts';

/** Largest relative difference in percent, with two significant digits: `at most 0.021 %`. */
function relative(difference: number): string {
  const share = difference * 100;
  if (share < 0.001) return 'less than 0.001 %';
  return `at most ${twoDigits(share)} %`;
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Facts of a file for the notes on its use. */
interface NoteFacts {
  readonly file: string;
  readonly channels: number;
  readonly preparation: WrittenPreparation;
}

/** Bands as on the command line: `bands 1-6, 8`. */
function bandsText(bands: readonly number[]): string {
  return `${bands.length === 1 ? 'band' : 'bands'} ${writtenBandList(bands)}`;
}

/** Description of the input's channels. */
function channelsText({ bands }: WrittenPreparation): string {
  if (bands === undefined) return 'RGB';
  return bands.length === 1 ? `${bandsText(bands)} in each channel` : bandsText(bands);
}

/** Bands to choose in Deepness for the channels of a model. */
function layerBands(bands: readonly number[] | undefined): string {
  if (bands === undefined) return 'its bands in the order red, green, blue';
  const list = writtenBandList(bands);
  return bands.length === 1
    ? `its band ${list} for each channel`
    : `its bands in the order ${list}`;
}

const imageInput = (channels: number) =>
  ['image', `input: batch, ${channels} channels, height, width; values from 0 to 1`] as const;

export const exportText = {
  title: 'Export',
  explanation:
    'One file that runs without this app. Every file was reopened after it was written and compared with the student on test images.',
  choose: 'How the student is stored',
  /** Choice of model if the untrained copy did better on the test images. */
  copy: {
    title: 'The untrained copy did better on the test images',
    why: 'The copy has the same size and speed as the student. Choose which of the two you save.',
    recommended: 'recommended',
    choose: 'Which model is saved',
    models: [
      { key: 'student', label: 'Student' },
      { key: 'copy', label: 'Untrained copy' },
    ] as const,
  },
  formats: {
    float32: {
      name: 'ONNX, full precision',
      tag: 'float32',
      why: 'Its predictions are those measured in the result. If in doubt, choose this one.',
    },
    float16: {
      name: 'ONNX, half size',
      tag: 'float16 weights',
      why: 'Half the size, with hardly any difference. Good for sharing.',
    },
    int8: {
      name: 'ONNX, quarter size',
      tag: '8-bit weights',
      why: 'For small devices. Some predictions may differ; check them on your own images.',
    },
    safetensors: {
      name: 'Weights only',
      tag: 'safetensors',
      why: 'For further work in PyTorch with timm. All weights, no graph.',
    },
  },
  about: 'about',
  parity: {
    same: (images: number) =>
      `File checked: same predictions as before export on all of ${counted(images, 'image')}`,
    share: (agreement: number, images: number) =>
      `${capitalized(agreementPercent(agreement))} % of predictions on ${counted(images, 'image')} are the same as before export`,
    sameMasks: (tiles: number) =>
      `File checked: same class as before export in every pixel of ${counted(tiles, 'tile')}`,
    shareOfPixels: (agreement: number, tiles: number) =>
      `${capitalized(agreementPercent(agreement))} % of the pixels of ${counted(tiles, 'tile')} have the same class as before export`,
    difference: (difference: number) => `Outputs differ by ${relative(difference)}.`,
    none: 'The same weights as in the result',
    noneWhy: 'Weights are stored as they are; there is nothing to compare.',
    explanation:
      'This compares the file with the measured student. The result shows how good the student is.',
  },
  contents: {
    title: 'In the file',
    encoder: {
      name: 'Encoder',
      what: (blocks: number, parameters: string) =>
        `${counted(blocks, 'block')}, ${parameters} parameters; adapters are merged in`,
    },
    head: {
      name: 'Head',
      what: (classes: number) => `distinguishes ${counted(classes, 'class', 'classes')}`,
      several: (classes: number) => `yes or no for each of ${counted(classes, 'label')}`,
    },
    decoder: {
      name: 'Decoder',
      what: (classes: number) =>
        `outlines ${counted(classes, 'class', 'classes')} and the background; softmax is included`,
      noSoftmax: (classes: number) =>
        `outlines ${counted(classes, 'class', 'classes')} and the background`,
    },
    tiles: {
      name: 'Tiles',
      what: (side: number, overlap: number) =>
        `${count(side)} × ${count(side)} px, best with an overlap of ${count(100 * overlap)} %`,
    },
    values: {
      name: 'Values',
      /** Preparation of values to 0 and 1; null for photographs, which need none. */
      what: ({ range, bands }: WrittenPreparation): string | null => {
        const [kind = '', low = '', high = ''] = range.split(':');
        const cut: Readonly<Record<string, string>> = {
          stored: 'the whole range of the data type becomes 0 to 1',
          file: 'each file’s own window becomes 0 to 1',
          full: 'each image’s smallest value becomes 0, its largest 1',
          window: `a window with centre ${low} and width ${high} becomes 0 to 1`,
          percentile: `percentiles ${low} to ${high} of each image become 0 to 1`,
        };
        const words = [
          ...(bands ? [bandsText(bands)] : []),
          ...(cut[kind] === undefined ? [] : [cut[kind]]),
        ];
        return words.length === 0
          ? null
          : `not in the file, prepare them first: ${words.join('; ')}`;
      },
    },
    normalisation: {
      name: 'Normalisation',
      what: 'in the file: the input is plain pixel values from 0 to 1',
      notInside: 'not in the file: mean and deviation are in the metadata',
    },
    classes: { name: 'Classes', more: (number: number) => `and ${count(number)} more` },
    metadata: {
      name: 'Metadata',
      what: 'teacher, blocks kept, training, measured quality; no images and no file names',
      deepness:
        'teacher, blocks kept, training, measured quality; tile size, overlap, class names and resolution for the QGIS plugin Deepness; no images and no file names',
    },
  },
  use: {
    title: 'How to use it',
    onnx: (
      { file, channels, preparation }: NoteFacts,
      side: number | null,
      classes: number,
      task: 'single' | 'several',
    ) => {
      const size = side === null ? 'side' : String(side);
      return [
        'import json',
        'import numpy as np, onnxruntime as ort',
        '',
        'session = ort.InferenceSession(',
        `    "${file}")`,
        `# ${channelsText(preparation)}, 0 to 1`,
        `image = np.zeros((1, ${channels}, ${size}, ${size}), np.float32)`,
        '(probabilities,) = session.run(',
        '    ["probabilities"], {"image": image})',
        `# (1, ${classes})${task === 'several' ? ', each label independent' : ''}`,
        'about = session.get_modelmeta().custom_metadata_map',
        'classes = json.loads(about["class_names"])',
      ].join('\n');
    },
    onnxMasks: ({ file, channels, preparation }: NoteFacts, side: number, classes: number) =>
      [
        'import json',
        'import numpy as np, onnxruntime as ort',
        '',
        'session = ort.InferenceSession(',
        `    "${file}")`,
        `# ${channelsText(preparation)}, 0 to 1`,
        `tile = np.zeros((1, ${channels}, ${side}, ${side}), np.float32)`,
        '(probabilities,) = session.run(',
        '    ["probabilities"], {"image": tile})',
        `mask = probabilities[0].argmax(0)  # (${side}, ${side}), 0 to ${classes}`,
        'about = session.get_modelmeta().custom_metadata_map',
        'classes = json.loads(about["class_names"])  # "0" is the background',
      ].join('\n'),
    qgis: {
      title: 'In QGIS, with the plugin Deepness',
      steps: ({ bands }: WrittenPreparation) => [
        'Install Deepness from the QGIS plugin manager and open its panel.',
        `Choose the raster layer, and ${layerBands(bands)}.`,
        'Choose this file as the model: type, tile size, overlap and classes are read from it.',
        'Choose the area and run. The regions appear as polygon layers, one per class, in the raster’s coordinates.',
      ],
      values:
        'Deepness only scales 8-bit values to 0 to 1: give it a raster whose values are already prepared as the metadata describe.',
    },
    safetensors: (file: string) =>
      [
        'from safetensors.torch import load_file',
        '',
        'weights = load_file(',
        `    "${file}")`,
      ].join('\n'),
    names: (channels: number) => [
      imageInput(channels),
      ['probabilities', 'output: one per class, from 0 to 1'],
      ['logits', 'output: before softmax or sigmoid'],
      ['features', 'output: features of the encoder, for search or other heads'],
    ],
    maskNames: (channels: number) => [
      imageInput(channels),
      ['probabilities', 'output: batch, classes with the background first, height, width'],
    ],
    weightNames: [
      ['patch_embed, pos_embed, blocks, norm', 'the encoder, as timm names it'],
      ['head.weight, head.bias', 'the classes'],
    ],
    maskWeightNames: [
      ['patch_embed, pos_embed, blocks, norm', 'the encoder, as timm names it'],
      [
        'decoder.…',
        'the decoder that outlines regions, in the file .decoder.safetensors next to this one',
      ],
    ],
  },
  save: { student: 'Save student…', copy: 'Save untrained copy…' },
  /** Hint for a student that is not useful. */
  saveAnyway: 'You can still save it.',
  saving: 'Saving…',
  dialog: { student: 'Save the student', copy: 'Save the untrained copy' },
  saved: {
    title: (file: string) => `${file} is saved`,
    more: (folder: string, bytes: number) => `${written(megabytes(bytes))} in ${folder}`,
    show: 'Show in folder',
  },
  failed: {
    student: 'The student could not be saved',
    copy: 'The untrained copy could not be saved',
  },
  caution:
    'Not a medical device. Validate the student on your own data before anyone relies on it.',
  empty: {
    title: 'There is no student to export yet',
    sentence: 'When a run is done, you can save its student here as one file.',
    skip: 'Choose the skip factor',
    distil: 'See the run',
  },
};
