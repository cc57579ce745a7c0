import type { Command } from 'commander';
import { type DistillRequest, distillRequest } from '../../contract/jobs.ts';
import { runJob } from '../job.ts';
import type { OptionSpec, OptionTable } from '../options/option-table.ts';
import { distillReport } from '../report/distill-report.ts';
import type { World } from '../world.ts';
import { addCommand } from './command.ts';
import { overrideOptions } from './teacher-options.ts';

const needed = 'What it needs';
const images = 'Images and labels';
const student = 'The student';
const training = 'Training';
const machine = 'This machine';

type OverridePath = Extract<keyof OptionTable<DistillRequest>, `overrides.${string}`>;

const overrides: Record<OverridePath, OptionSpec> = {
  'overrides.heads': overrideOptions.heads,
  'overrides.epsilon': overrideOptions.epsilon,
  'overrides.activation': overrideOptions.activation,
  'overrides.pooling': overrideOptions.pooling,
  'overrides.mean': overrideOptions.mean,
  'overrides.deviation': overrideOptions.deviation,
};

const table: OptionTable<DistillRequest> = {
  teacher: {
    flags: '--teacher <file>',
    help: 'the vision transformer to learn from: a checkpoint in safetensors',
    group: needed,
  },
  images: {
    flags: '--images <folder>',
    help: 'images to learn from; all serve to distil, those with labels also train the head',
    group: needed,
  },
  out: { flags: '--out <folder>', help: 'where the student goes', group: needed },
  labels: {
    flags: '--labels <how>',
    help: 'imagefolder: the folder an image lies in is its class; or a CSV file with the columns path,label[,split,group], several labels as a|b, none of them as -',
    group: images,
  },
  test: {
    flags: '--test <folder>',
    help: 'images to test on, in the same form; without it a fifth of the labelled ones is held out',
    group: images,
  },
  task: {
    flags: '--task <kind>',
    help: 'one class an image, or several labels; auto looks at the labels',
    group: images,
    refusals: {
      segmentation:
        'Students that outline regions cannot be made yet in this version; in the window masks can be drawn, kept and exported. Choose --task auto, single or several.',
    },
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
    flags: '--bands <r,g,b>',
    help: 'which bands are red, green and blue, or a single one, counted from 1; the first ones by default',
    group: images,
  },
  'preparation.range': {
    flags: '--range <how>',
    help: "which values are black and white: stored, the whole range of the type; file, the file's own window; full, the image's own range; window:40:400, by centre and width (Hounsfield units in CT); percentile:2:98, shares of each image; auto decides by the kind of file",
    group: images,
  },
  imageSize: {
    flags: '--image-size <px>',
    help: "side of the student's input (the teacher's by default)",
    group: images,
  },
  start: {
    flags: '--start <how>',
    help: 'fitted: each kept block is first fitted to what the skipped ones after it did; copy: the plain copy, as in the paper; auto: fitted from skip factor 3 up',
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
  steps: { flags: '--steps <n>', help: 'training steps', group: training },
  batch: { flags: '--batch <n>', help: 'images in a step', group: training },
  learningRate: {
    flags: '--lr <x>',
    help: 'how far a step goes at most: the peak learning rate (0.006 × batch / 256 by default)',
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
    help: 'go on from where the same command was stopped',
    group: training,
  },
  device: { flags: '--device <name>', help: 'what to compute on', group: machine },
  threads: {
    flags: '--threads <n>',
    help: 'processor threads to use (chosen by default)',
    group: machine,
  },
  ...overrides,
};

/** `distill`: the main job. */
export function addDistill(program: Command, world: World): void {
  addCommand(program, {
    name: 'distill',
    summary: 'make a compact student of a teacher, test it and save it',
    description:
      'Copies some blocks of the teacher into a smaller student and trains it on your images to see ' +
      'what the teacher sees. That needs no labels; a few labelled images then train the ' +
      'head that names classes. Teacher, plain copy and student are tested side by side.',
    usage: '--teacher <file> --images <folder> --out <folder> [options]',
    footer: examples,
    schema: distillRequest,
    table,
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
      --task several --out student/`;
