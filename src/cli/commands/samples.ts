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
import type { World } from '../world.ts';
import { addCommand } from './command.ts';

const demoWithFolder = demoRequest.extend({
  out: demoRequest.shape.out.default('./understudy-demo'),
});

const demoTable: OptionTable<DemoRequest> = {
  out: { flags: '--out <folder>', help: 'where the sample images and the students go' },
  seed: { flags: '--seed <n>', help: 'number from which the images and all else by chance follow' },
  threads: { flags: '--threads <n>', help: 'processor threads to use (chosen by default)' },
};

const sampleTable: OptionTable<SampleRequest> = {
  set: { flags: '--set <name>', help: 'land seen from above, or stained cells' },
  out: { flags: '--out <folder>', help: 'where the images go' },
  layout: {
    flags: '--layout <kind>',
    help: 'classes: a folder for each class; masks: images beside masks, for --task segmentation',
  },
  perClass: {
    flags: '--per-class <n>',
    help: 'images of each class, to learn from and as many to test on',
  },
  seed: { flags: '--seed <n>', help: 'number from which the images follow' },
};

/** `demo`: the main job on the sample. */
export function addDemo(program: Command, world: World): void {
  addCommand(program, {
    name: 'demo',
    summary: 'see it work on a drawn sample, in under three minutes',
    description:
      'Draws a set of sample images, distils the teacher that comes with Understudy with skip factors 2 ' +
      'and 3, and shows teacher, plain copy and student side by side. Needs nothing of yours.',
    usage: '[options]',
    schema: demoWithFolder,
    table: demoTable,
    run: (request, json) =>
      runJob(world, {
        json,
        work: (context) => world.engine.demo(request, context),
        report: ({ runs }, paint) => runs.map((run) => distillReport(run, paint)).join('\n'),
        skipped: ({ runs }) => runs.flatMap((run) => run.images.skipped),
      }),
  });
}

/** `sample`: images to try things on. */
export function addSample(program: Command, world: World): void {
  addCommand(program, {
    name: 'sample',
    summary: 'draw sample images in class folders',
    description:
      'Draws images to try things on: train and test, each with one folder a class, and masks that say ' +
      'what each pixel shows. The same seed draws the same images.',
    usage: '--set <name> --out <folder> [options]',
    schema: sampleRequest,
    table: sampleTable,
    run: (request, json) =>
      runJob(world, {
        json,
        work: (context) => world.engine.writeSample(request, context),
        report: ({ folder, images }) => `${counted(images, 'image')} in ${printable(folder)}`,
        skipped: () => [],
      }),
  });
}
