import type { WrittenPreparation } from '../../../contract/jobs.ts';
import { writtenBandList } from '../../lib/band-list.ts';
import {
  agreementPercent,
  count,
  counted,
  megabytes,
  twoDigits,
  written,
} from '../../lib/format.ts';

/** `2.1e-6` as `0.0002 %`: what counts is the size of it. */
function relative(difference: number): string {
  const share = difference * 100;
  if (share < 0.001) return 'less than 0.001 %';
  return `${twoDigits(share)} %`;
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** What a note on how a file is used says of it. */
interface NoteFacts {
  readonly file: string;
  readonly channels: number;
  readonly preparation: WrittenPreparation;
}

/** `bands 1-6, 8`, as one writes them on the command line too. */
function saidBands(bands: readonly number[]): string {
  return `${bands.length === 1 ? 'band' : 'bands'} ${writtenBandList(bands)}`;
}

/** What the channels of an input are. */
function saidChannels({ bands }: WrittenPreparation): string {
  if (bands === undefined) return 'RGB';
  return bands.length === 1 ? `${saidBands(bands)} in each channel` : saidBands(bands);
}

/** What Deepness is to give to the channels of a model. */
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
    'One file that runs without this app. Every file was opened again after it was written, and compared with the student on test images.',
  choose: 'How the student is stored',
  /** Of a run whose plain copy did better on the test images. */
  copy: {
    title: 'The plain copy did better on the test images',
    why: 'It has the size and the speed of the student. Choose which of the two you save.',
    choose: 'Which model is saved',
    models: [
      { key: 'student', label: 'Student' },
      { key: 'copy', label: 'Plain copy' },
    ] as const,
  },
  formats: {
    float32: {
      name: 'ONNX, full precision',
      tag: 'float32',
      why: 'The safe choice: answers are those that you have seen in the result.',
    },
    float16: {
      name: 'ONNX, half size',
      tag: 'float16 weights',
      why: 'Half the size, with hardly any difference. Good for sharing.',
    },
    int8: {
      name: 'ONNX, quarter size',
      tag: '8-bit weights',
      why: 'For small devices. Some answers may differ; check them on your own images.',
    },
    safetensors: {
      name: 'Weights only',
      tag: 'safetensors',
      why: 'To go on working in PyTorch with timm. All weights, no graph.',
    },
  },
  about: 'about',
  parity: {
    same: (images: number) => `Checked: same answer on all of ${counted(images, 'image')}`,
    share: (agreement: number, images: number) =>
      `${capitalized(agreementPercent(agreement))} % same answers on ${counted(images, 'image')}`,
    sameMasks: (tiles: number) => `Checked: same class in every pixel of ${counted(tiles, 'tile')}`,
    shareOfPixels: (agreement: number, tiles: number) =>
      `${capitalized(agreementPercent(agreement))} % of the pixels of ${counted(tiles, 'tile')} have the same class`,
    difference: (difference: number) => `Outputs differ by ${relative(difference)} at most.`,
    none: 'The same numbers as in the result',
    noneWhy: 'Weights are stored as they are; there is nothing to compare.',
    explanation: 'Compared with the student as it was measured, relative to its largest output.',
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
      what: (classes: number) => `tells ${counted(classes, 'class', 'classes')} apart`,
      several: (classes: number) => `yes or no to each of ${counted(classes, 'label')}`,
    },
    decoder: {
      name: 'Decoder',
      what: (classes: number) =>
        `outlines ${counted(classes, 'class', 'classes')} and the background; softmax is inside`,
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
      /** What becomes 0 and 1 before the model sees it; null where photographs need no word of it. */
      what: ({ range, bands }: WrittenPreparation): string | null => {
        const [kind = '', low = '', high = ''] = range.split(':');
        const cut: Readonly<Record<string, string>> = {
          stored: 'the whole range of the type is 0 to 1',
          file: 'each file’s own window is 0 to 1',
          full: 'each image’s least value is 0, its greatest 1',
          window: `a window of centre ${low} and width ${high} is 0 to 1`,
          percentile: `percentiles ${low} to ${high} of each image are 0 to 1`,
        };
        const words = [
          ...(bands ? [saidBands(bands)] : []),
          ...(cut[kind] === undefined ? [] : [cut[kind]]),
        ];
        return words.length === 0 ? null : `prepared outside: ${words.join('; ')}`;
      },
    },
    normalisation: {
      name: 'Normalisation',
      what: 'inside: give it plain pixel values from 0 to 1',
      notInside: 'mean and deviation are in the metadata',
    },
    classes: { name: 'Classes', more: (number: number) => `and ${count(number)} more` },
    metadata: {
      name: 'Metadata',
      what: 'teacher, blocks kept, how it was made, measured quality; no images and no file names',
      deepness:
        'the same, and what the QGIS plugin Deepness reads: tile size, overlap, class names, resolution; no images and no file names',
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
        `# ${saidChannels(preparation)}, 0 to 1`,
        `image = np.zeros((1, ${channels}, ${size}, ${size}), np.float32)`,
        '(probabilities,) = session.run(',
        '    ["probabilities"], {"image": image})',
        `# (1, ${classes})${task === 'several' ? ', each label on its own' : ''}`,
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
        `# ${saidChannels(preparation)}, 0 to 1`,
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
        'Install Deepness from the plugins of QGIS and open its panel.',
        `Choose the raster layer, and ${layerBands(bands)}.`,
        'Choose this file as the model: type, tile size, overlap and classes are read from it.',
        'Choose the area and run. The regions come in as layers of polygons, one a class, where the raster lies.',
      ],
      values:
        'Deepness turns 8-bit values into 0 to 1 and knows no other preparation: give it a raster whose values were prepared as the metadata say.',
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
      ['probabilities', 'output: one a class, from 0 to 1'],
      ['logits', 'output: before softmax or sigmoid'],
      ['features', 'output: of the encoder, for search or other heads'],
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
      ['decoder.…', 'what outlines the classes, in the file .decoder.safetensors beside it'],
    ],
  },
  save: 'Save student…',
  saving: 'Saving…',
  dialog: 'Save the student',
  saved: {
    title: (file: string) => `${file} is saved`,
    more: (folder: string, bytes: number) => `${written(megabytes(bytes))} in ${folder}`,
    show: 'Show in folder',
  },
  failed: 'The student could not be saved',
  caution:
    'Not a medical device. Validate the student on your own data before anyone relies on it.',
  empty: {
    title: 'There is no student to export yet',
    sentence: 'When a run is done, its student can be saved here as one file.',
    skip: 'Choose the skip factor',
    distil: 'See the run',
  },
};
