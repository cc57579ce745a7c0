import type { Command } from 'commander';
import { type DistillRequest, distillRequest, usualTraining } from '../../contract/jobs.ts';
import { runJob } from '../job.ts';
import { flagOf, type OptionSpec, type OptionTable } from '../options/option-table.ts';
import { distillReport } from '../report/distill-report.ts';
import type { World } from '../world.ts';
import { addCommand, type IsGiven } from './command.ts';
import { classOption, overlapOption, toleranceOption } from './mask-options.ts';
import { overrideOptions } from './teacher-options.ts';

const needed = 'What it needs';
const images = 'Images and labels';
const student = 'The student';
const training = 'Training';
const regions = 'Outlined regions (--task segmentation)';
const machine = 'This machine';

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
    help: 'the vision transformer to learn from: a checkpoint, or a folder with one',
    group: needed,
  },
  images: {
    flags: '--images <folder>',
    help: 'images to learn from; all serve to distil, those with labels also train the head, those with masks the decoder',
    group: needed,
  },
  out: { flags: '--out <folder>', help: 'where the student goes', group: needed },
  labels: {
    flags: '--labels <how>',
    help: 'imagefolder: the folder an image lies in is its class; or a CSV file with the columns path,label[,split,group], several labels as a|b, none of them as -; for outlined regions masks: the folder "masks" beside "images", or a label file',
    group: images,
  },
  test: {
    flags: '--test <folder>',
    help: 'images to test on, in the same form; without it a fifth of the labelled ones is held out',
    group: images,
  },
  task: {
    flags: '--task <kind>',
    help: 'one class an image, several labels, or regions that masks outline; auto looks at the labels for one or several',
    group: images,
  },
  perClass: {
    flags: '--per-class <n>',
    help: 'use so many labelled images of each class, chosen by the seed (all by default)',
    group: images,
  },
  orientation: {
    flags: '--orientation <kind>',
    help: 'overhead: the images have no up, as in satellite images and microscopy, so they may be turned',
    group: images,
  },
  framing: {
    flags: '--framing <kind>',
    help: 'how an image becomes square: the whole of it, squeezed, or its centre',
    group: images,
  },
  'preparation.bands': {
    flags: '--bands <list>',
    help: 'which bands of the images are seen, counted from 1: three for red, green and blue, a single one, or others, 1-13 for all of 13; by default those that a GeoTIFF names so, a guess by their number, or the first ones: image inspect says which',
    group: images,
  },
  'preparation.range': {
    flags: '--range <how>',
    help: "which values are black and white, with 256 steps between: stored, the whole range of the type; file, the file's own window; full, the image's own range; window:40:400, by centre and width (Hounsfield units in CT); percentile:2:98, shares of each image; auto decides by the kind of file",
    group: images,
  },
  imageSize: {
    flags: '--image-size <px>',
    help: "side of the student's input (the teacher's by default; for outlined regions at least 128)",
    group: images,
  },
  start: {
    flags: '--start <how>',
    help: 'fitted: each kept block is first fitted to what the skipped ones after it did; copy: the plain copy, as in the paper; auto: fitted, unless the plain copy does better on training images that are set aside',
    group: student,
  },
  skip: {
    flags: '--skip <r>',
    help: 'skip factor: keep every r-th block of the teacher; 2 keeps half of them, 3 a third, which is faster and less able',
    group: student,
  },
  blocks: {
    flags: '--blocks <0,2,5>',
    help: 'keep just these blocks, counted from 0, instead of every r-th',
    group: student,
  },
  rank: {
    flags: '--rank <k>',
    help: 'size of the adapters, the part that is trained and makes up for the skipped blocks; more learns more, slower',
    group: student,
  },
  steps: { flags: '--steps <n>', help: `training steps (${usual('steps')})`, group: training },
  batch: { flags: '--batch <n>', help: `images in a step (${usual('batch')})`, group: training },
  learningRate: {
    flags: '--lr <x>',
    help: 'how far a step goes at most: the peak learning rate (0.003 × batch / 256 by default, twice as much from the plain copy; 0.003 for outlined regions, less for batches below 32). It falls by itself where training leads away from the teacher',
    group: training,
  },
  views: {
    flags: '--views <n>',
    help: 'in how many ways each image is cropped and flipped; more shows more, and the teacher looks at each once',
    group: training,
  },
  seed: {
    flags: '--seed <n>',
    help: 'number from which every choice by chance follows; the same one repeats a run',
    group: training,
  },
  resume: {
    flags: '--resume',
    help: 'go on from where the same command was stopped; without a checkpoint, start from the beginning',
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
    help: "the student's adapters go on to learn from the masks, with its decoder; for images that the teacher does not know",
    group: regions,
  },
  overlap: { ...overlapOption, group: regions },
  tolerance: { ...toleranceOption, group: regions },
  device: {
    flags: '--device <name>',
    help: 'what to compute on; auto tries what there is with a step of this student and takes the fastest',
    group: machine,
  },
  precision: {
    flags: '--precision <type>',
    help: "what a GPU's matrix products take their operands in; float16 is faster and less exact, and all else stays float32",
    group: machine,
  },
  threads: {
    flags: '--threads <n>',
    help: 'processor threads to use (chosen by default)',
    group: machine,
  },
  ...overrides,
};

/** `600 by default, 150 for outlined regions`. */
function usual(what: 'steps' | 'batch'): string {
  const { classification, segmentation } = usualTraining;
  return `${classification[what]} by default, ${segmentation[what]} for outlined regions`;
}

const ofRegions = ['decoderSteps', 'adapt', 'overlap', 'tolerance'] as const;

/** Of options for classes, why they do not go with outlined regions. */
const ofClasses = {
  perClass: 'an image may show several classes. Give the images that are to be learnt from',
  framing: 'images keep their shape and are seen in tiles. Leave it out',
} as const;

function refusals({ task, labels }: DistillRequest, isGiven: IsGiven): string[] {
  if (task === 'segmentation') {
    return (['perClass', 'framing'] as const)
      .filter(isGiven)
      .map((path) => `${flagOf(table[path])} is not for --task segmentation: ${ofClasses[path]}.`);
  }
  const strange = ofRegions
    .filter(isGiven)
    .map(
      (path) =>
        `${flagOf(table[path])} is for regions that masks outline. Add --task segmentation, or leave it out.`,
    );
  if (labels !== 'masks') return strange;
  return [...strange, '--labels masks is for outlined regions. Add --task segmentation.'];
}

/** `distill`: the main job. */
export function addDistill(program: Command, world: World): void {
  addCommand(program, {
    name: 'distill',
    summary: 'make a compact student of a teacher, test it and save it',
    description:
      'Copies some blocks of the teacher into a smaller student and trains it on your images to see ' +
      'what the teacher sees. That needs no labels; a few labelled images then train the ' +
      'head that names classes, or a few masks the decoder that outlines regions. Teacher, plain copy and ' +
      'student are tested side by side.',
    usage: '--teacher <file> --images <folder> --out <folder> [options]',
    footer: examples,
    schema: distillRequest,
    table,
    refusals,
    run: (request, json) =>
      runJob(world, {
        json,
        work: (context) => world.engine.distill(request, context),
        report: distillReport,
        skipped: (summary) => summary.images.skipped,
      }),
  });
}

const examples = `Examples:
  Class folders below the images, half of the blocks:
    understudy distill --teacher vit.safetensors --images scans/ --out student/

  Satellite tiles, a third of the blocks, ten labelled tiles a class, a test set of their own:
    understudy distill --teacher vit.safetensors --images tiles/train --test tiles/test \\
      --skip 3 --rank 64 --per-class 10 --orientation overhead --out student/

  Labels in a table, any number of findings an image:
    understudy distill --teacher vit.safetensors --images chest/ --labels findings.csv \\
      --task several --out student/

  Regions: images in scans/images, a mask of the same name for some of them in scans/masks:
    understudy distill --teacher vit.safetensors --images scans/images --labels masks \\
      --task segmentation --out student/`;
