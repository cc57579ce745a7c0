import type { Command } from 'commander';
import { type DistillRequest, distillRequest, usualTraining } from '../../contract/jobs.ts';
import { runJob } from '../job.ts';
import { flagOf, type OptionSpec, type OptionTable } from '../options/option-table.ts';
import { distillReport } from '../report/distill-report.ts';
import type { Environment } from '../environment.ts';
import { addCommand, type IsGiven } from './command.ts';
import { classOption, overlapOption, toleranceOption } from './mask-options.ts';
import { overrideOptions } from './teacher-options.ts';

const needed = 'Required';
const images = 'Images and labels';
const student = 'Student';
const training = 'Training';
const regions = 'Segmentation (--task segmentation)';
const machine = 'This computer';

type OverridePath = Extract<keyof OptionTable<DistillRequest>, `overrides.${string}`>;

const overrides: Record<OverridePath, OptionSpec> = {
  'overrides.heads': overrideOptions.heads,
  'overrides.epsilon': overrideOptions.epsilon,
  'overrides.activation': overrideOptions.activation,
  'overrides.pooling': overrideOptions.pooling,
  'overrides.mean': overrideOptions.mean,
  'overrides.deviation': overrideOptions.deviation,
  'overrides.colourBands': overrideOptions.colourBands,
};

const table: OptionTable<DistillRequest, 'toleranceUnit'> = {
  teacher: {
    flags: '--teacher <file>',
    help: 'the teacher, a large vision transformer: a checkpoint file, or a folder with one',
    group: needed,
  },
  images: {
    flags: '--images <folder>',
    help: 'training images, with or without labels: distilling uses all of them; the labelled ones also train the head, those with masks the decoder',
    group: needed,
  },
  out: { flags: '--out <folder>', help: 'folder for the student and its results', group: needed },
  labels: {
    flags: '--labels <how>',
    help: 'imagefolder: the folder of each image is its class; or a CSV file with the columns path,label[,split,group]: several labels as a|b, none as -. For segmentation: masks, if they are in a folder "masks" next to "images"; or a label file such as COCO',
    group: images,
  },
  test: {
    flags: '--test <folder>',
    help: 'folder of test images, labelled in the same way (default: a fifth of the labelled images is held out)',
    group: images,
  },
  task: {
    flags: '--task <kind>',
    help: 'single: one class per image; several: any number of labels; segmentation: regions from masks; auto: single or several, depending on the labels',
    group: images,
  },
  perClass: {
    flags: '--per-class <n>',
    help: 'number of labelled images to use per class, chosen by the seed (default: all)',
    group: images,
  },
  orientation: {
    flags: '--orientation <kind>',
    help: 'upright: training flips images only left to right; overhead: it also rotates them and flips them upside down, for images with no fixed up direction (satellite, microscopy)',
    group: images,
  },
  framing: {
    flags: '--framing <kind>',
    help: 'how images become square: whole: stretch the whole image; centre: crop its centre',
    group: images,
  },
  'preparation.bands': {
    flags: '--bands <list>',
    help: 'bands of the images to use, counted from 1: three for red, green and blue, a single one, or more, e.g. 1-13 (default: the bands that a GeoTIFF names red, green and blue, else a guess from the number of bands, else the first three; image inspect prints them)',
    group: images,
  },
  'preparation.range': {
    flags: '--range <how>',
    help: "values that become black and white, with 256 shades between them: stored: the whole range of the data type; file: the file's own window; full: minimum to maximum of each image; window:40:400: centre and width (Hounsfield units in CT); percentile:2:98: percentiles of each image; auto: depends on the kind of file",
    group: images,
  },
  imageSize: {
    flags: '--image-size <px>',
    help: "side of the student's input (default: the teacher's, but at least 128 for segmentation)",
    group: images,
  },
  start: {
    flags: '--start <how>',
    help: 'student before training. fitted: each kept block is fitted so that it also replaces the skipped blocks after it; copy: the untrained copy, as in the WeCoLoRA paper; auto: fitted, unless the untrained copy is better on validation images (some of the training images)',
    group: student,
  },
  skip: {
    flags: '--skip <r>',
    help: 'skip factor: keep every r-th block of the teacher; 2 keeps half of the blocks, 3 a third: smaller and faster, but less accurate',
    group: student,
  },
  blocks: {
    flags: '--blocks <0,2,5>',
    help: 'blocks of the teacher to keep, counted from 0, instead of every r-th',
    group: student,
  },
  rank: {
    flags: '--rank <k>',
    help: 'size of the adapters: small trained matrices that make up for the skipped blocks; larger ones can learn more, but train more slowly',
    group: student,
  },
  steps: { flags: '--steps <n>', help: `training steps (${usual('steps')})`, group: training },
  batch: { flags: '--batch <n>', help: `images per step (${usual('batch')})`, group: training },
  learningRate: {
    flags: '--lr <x>',
    help: 'peak learning rate, lowered automatically if the student moves away from the teacher (default: 0.003 × batch / 256, twice as high if training starts from the untrained copy; 0.003 for segmentation, less for batches below 32)',
    group: training,
  },
  views: {
    flags: '--views <n>',
    help: 'number of views (random crops, some flipped) per image; more add variety, but the teacher must process each of them once',
    group: training,
  },
  seed: {
    flags: '--seed <n>',
    help: 'seed of all random choices; the same seed gives the same result',
    group: training,
  },
  resume: {
    flags: '--resume',
    help: 'continue from the checkpoint that the same command saved when it was stopped; without a checkpoint, start from the beginning',
    group: training,
  },
  class: { ...classOption, group: regions },
  decoderSteps: {
    flags: '--decoder-steps <n>',
    help: 'training steps of each decoder',
    group: regions,
  },
  adapt: {
    flags: '--adapt',
    help: "also fine-tune the student's adapters on the masks, together with its decoder; for images unlike the teacher's training data",
    group: regions,
  },
  overlap: { ...overlapOption, group: regions },
  tolerance: { ...toleranceOption, group: regions },
  device: {
    flags: '--device <name>',
    help: 'device to compute on; auto measures training steps of this student on each device of the computer and uses the fastest',
    group: machine,
  },
  precision: {
    flags: '--precision <type>',
    help: 'number format in which a GPU multiplies matrices; float16 is faster but less exact; all other computation uses float32',
    group: machine,
  },
  threads: {
    flags: '--threads <n>',
    help: 'CPU threads (default: automatic)',
    group: machine,
  },
  ...overrides,
};

/** Defaults of both kinds of task, as `default: 600, for segmentation 150`. */
function usual(what: 'steps' | 'batch'): string {
  const { classification, segmentation } = usualTraining;
  return `default: ${classification[what]}, for segmentation ${segmentation[what]}`;
}

const onlySegmentation = ['decoderSteps', 'adapt', 'overlap', 'tolerance'] as const;

/** Reasons why options for classification do not apply to segmentation. */
const whyOnlyClasses = {
  perClass:
    'an image may show several classes. Leave it out; to use fewer images, name a folder with only those',
  framing: 'images keep their shape and are cut into tiles. Leave it out',
} as const;

function refusals({ task, labels }: DistillRequest, isGiven: IsGiven): string[] {
  if (task === 'segmentation') {
    return (['perClass', 'framing'] as const)
      .filter(isGiven)
      .map(
        (path) => `${flagOf(table[path])} is not for --task segmentation: ${whyOnlyClasses[path]}.`,
      );
  }
  const refused = onlySegmentation
    .filter(isGiven)
    .map(
      (path) =>
        `${flagOf(table[path])} is for segmentation only. Add --task segmentation, or leave it out.`,
    );
  if (labels !== 'masks') return refused;
  return [...refused, '--labels masks is for segmentation only. Add --task segmentation.'];
}

/** `distill`: makes a student. */
export function addDistill(program: Command, environment: Environment): void {
  addCommand(program, {
    name: 'distill',
    summary: 'distil a compact student from a teacher, test it and save it',
    description:
      'Copies some blocks of the teacher into a smaller student and trains the student on your images to produce ' +
      "the teacher's features. This training needs no labels. Then a few labelled images train the head, which predicts " +
      'classes, or a few masks train the decoder, which segments regions. Finally teacher, untrained copy (the copied ' +
      'blocks without training) and student are tested side by side.',
    usage: '--teacher <file> --images <folder> --out <folder> [options]',
    footer: examples,
    schema: distillRequest,
    table,
    refusals,
    run: (request, json) =>
      runJob(environment, {
        json,
        work: (context) => environment.engine.distill(request, context),
        report: distillReport,
        skipped: (summary) => summary.images.skipped,
      }),
  });
}

const examples = `Examples:
  One folder per class, half of the blocks:
    understudy distill --teacher vit.safetensors --images scans/ --out student/

  Satellite tiles, a third of the blocks, ten labelled tiles per class, a separate test folder:
    understudy distill --teacher vit.safetensors --images tiles/train --test tiles/test \\
      --skip 3 --rank 64 --per-class 10 --orientation overhead --out student/

  Labels in a table, any number of findings per image:
    understudy distill --teacher vit.safetensors --images chest/ --labels findings.csv \\
      --task several --out student/

  Segmentation: images in scans/images, masks with the same names for some of them in scans/masks:
    understudy distill --teacher vit.safetensors --images scans/images --labels masks \\
      --task segmentation --out student/`;
