import type { Command } from 'commander';
import {
  type EvaluateRequest,
  evaluateRequest,
  type PredictRequest,
  predictRequest,
} from '../../contract/jobs.ts';
import { runJob } from '../job.ts';
import type { OptionTable } from '../options/option-table.ts';
import { evaluateReport } from '../report/evaluate-report.ts';
import { predictReport } from '../report/predict-report.ts';
import type { World } from '../world.ts';
import { addCommand } from './command.ts';

const model = { flags: '--model <file>', help: 'a student that distill wrote, in ONNX' };
const threads = { flags: '--threads <n>', help: 'processor threads to use (chosen by default)' };

const evaluateTable: OptionTable<EvaluateRequest> = {
  model,
  images: { flags: '--images <folder>', help: 'labelled images that the student has not seen' },
  labels: {
    flags: '--labels <how>',
    help: 'imagefolder: the folder an image lies in is its class; or a CSV file with the columns path,label',
  },
  seed: { flags: '--seed <n>', help: 'number from which the intervals are drawn' },
  threads,
};

const predictTable: OptionTable<PredictRequest> = {
  model,
  images: { flags: '--images <folder>', help: 'images without labels, or with' },
  out: { flags: '--out <folder>', help: 'where the predictions go' },
  threads,
};

/** `evaluate`: how good a student is on labelled images. */
export function addEvaluate(program: Command, world: World): void {
  addCommand(program, {
    name: 'evaluate',
    summary: 'test a student on labelled images',
    description:
      'Lets a student name the class of each image, compares with the labels, and says how often it is ' +
      'right, as a whole and class by class, with 95 % intervals.',
    usage: '--model <file> --images <folder> [options]',
    schema: evaluateRequest,
    table: evaluateTable,
    run: (request, json) =>
      runJob(world, {
        json,
        work: (context) => world.engine.evaluateModel(request, context),
        report: evaluateReport,
        skipped: (summary) => summary.skipped,
      }),
  });
}

/** `predict`: a student's answers on images without labels. */
export function addPredict(program: Command, world: World): void {
  addCommand(program, {
    name: 'predict',
    summary: 'let a student name the classes of images',
    description: 'Writes the class of each image and how sure the student is of it.',
    usage: '--model <file> --images <folder> --out <folder> [options]',
    schema: predictRequest,
    table: predictTable,
    run: (request, json) =>
      runJob(world, {
        json,
        work: (context) => world.engine.predict(request, context),
        report: predictReport,
        skipped: (summary) => summary.skipped,
      }),
  });
}
