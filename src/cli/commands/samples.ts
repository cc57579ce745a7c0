import type { Command } from 'commander';
import {
  type DemoRequest,
  demoRequest,
  type SampleRequest,
  sampleRequest,
} from '../../contract/jobs.ts';
import { counted } from '../figures.ts';
import { runJob } from '../job.ts';
import type { OptionTable } from '../options/option-table.ts';
import { distillReport } from '../report/distill-report.ts';
import { printable } from '../text.ts';
import type { Environment } from '../environment.ts';
import { addCommand } from './command.ts';

const demoWithFolder = demoRequest.extend({
  out: demoRequest.shape.out.default('./understudy-demo'),
});

const demoTable: OptionTable<DemoRequest> = {
  out: { flags: '--out <folder>', help: 'folder for the sample images and the students' },
  seed: { flags: '--seed <n>', help: 'seed of the images and of all random choices' },
  threads: { flags: '--threads <n>', help: 'CPU threads (default: automatic)' },
};

const sampleTable: OptionTable<SampleRequest> = {
  set: {
    flags: '--set <name>',
    help: 'land: land cover seen from above; cells: stained cells under a microscope',
  },
  out: { flags: '--out <folder>', help: 'folder for the images' },
  layout: {
    flags: '--layout <kind>',
    help: 'classes: one folder per class; masks: a folder "images" and a folder "masks", for distill --task segmentation',
  },
  perClass: {
    flags: '--per-class <n>',
    help: 'training images per class; the same number of test images is drawn',
  },
  seed: { flags: '--seed <n>', help: 'seed of the images' },
};

/** `demo`: distils on synthetic sample images. */
export function addDemo(program: Command, environment: Environment): void {
  addCommand(program, {
    name: 'demo',
    summary: 'try Understudy on synthetic images, in a few minutes',
    description:
      'Draws sample images and distils three students from the bundled teacher: two classifiers (skip factors 2 and 3) ' +
      'and one for segmentation. Shows teacher, untrained copy and student side by side. You need no images and no teacher.',
    usage: '[options]',
    schema: demoWithFolder,
    table: demoTable,
    run: (request, json) =>
      runJob(environment, {
        json,
        work: (context) => environment.engine.demo(request, context),
        report: ({ runs }, paint) => runs.map((run) => distillReport(run, paint)).join('\n'),
        skipped: ({ runs }) => runs.flatMap((run) => run.images.skipped),
      }),
  });
}

/** `sample`: generates images to try Understudy on. */
export function addSample(program: Command, environment: Environment): void {
  addCommand(program, {
    name: 'sample',
    summary: 'draw sample images with classes and masks',
    description:
      'Draws sample images into the folders "train" and "test". Each image has a class, and a mask with the class of each ' +
      'pixel. The same seed draws the same images.',
    usage: '--set <name> --out <folder> [options]',
    schema: sampleRequest,
    table: sampleTable,
    run: (request, json) =>
      runJob(environment, {
        json,
        work: (context) => environment.engine.writeSample(request, context),
        report: ({ folder, images }) => `${counted(images, 'image')} in ${printable(folder)}`,
        skipped: () => [],
      }),
  });
}
