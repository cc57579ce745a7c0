import type { Command } from 'commander';
import {
  type EvaluateRequest,
  evaluateRequest,
  type MaskFormat,
  type PredictRequest,
  predictRequest,
  usualTolerance,
} from '../../contract/jobs.ts';
import { isPartly } from '../../contract/results.ts';
import { runJob } from '../job.ts';
import type { OptionTable } from '../options/option-table.ts';
import { evaluateReport } from '../report/evaluate-report.ts';
import { predictReport } from '../report/predict-report.ts';
import type { Environment } from '../environment.ts';
import { addCommand, type IsGiven } from './command.ts';
import { classOption, overlapOption, toleranceOption } from './mask-options.ts';

const model = { flags: '--model <file>', help: 'ONNX file of a student, written by distill' };
/** Heading of a group of options in the help. */
const regions = 'Students for segmentation';
const device = {
  flags: '--device <name>',
  help: 'device to compute on; cpu is fast enough for small students',
};
const threads = { flags: '--threads <n>', help: 'CPU threads (default: automatic)' };

const evaluateTable: OptionTable<EvaluateRequest, 'toleranceUnit'> = {
  model,
  images: {
    flags: '--images <folder>',
    help: 'labelled images that the student was not trained on',
  },
  labels: {
    flags: '--labels <how>',
    help: 'imagefolder: the folder of each image is its class; or a CSV file with the columns path,label. For a segmentation student: masks, if they are in a folder "masks" next to "images"; or a label file such as COCO',
  },
  class: { ...classOption, group: regions },
  tolerance: {
    ...toleranceOption,
    help: `${toleranceOption.help} (default: ${usualTolerance.distance})`,
    group: regions,
  },
  seed: {
    flags: '--seed <n>',
    help: 'seed of the random resampling that gives the 95 % intervals',
  },
  device,
  threads,
};

const predictTable: OptionTable<PredictRequest> = {
  model,
  images: {
    flags: '--images <folder>',
    help: 'images to classify or segment; they need no labels',
  },
  out: { flags: '--out <folder>', help: 'folder for the predictions' },
  format: {
    flags: '--format <name>',
    help: 'file format of masks (default: png); geotiff and nifti keep the position of the image; geojson and gpkg are polygons',
    group: regions,
  },
  simplify: {
    flags: '--simplify <px>',
    help: 'largest distance that a border of a polygon may move so that it needs fewer corners',
    group: regions,
  },
  overlap: {
    ...overlapOption,
    help: `${overlapOption.help} (default: as in the student's test)`,
    group: regions,
  },
  resume: {
    flags: '--resume',
    help: 'continue a stopped prediction: skip images whose masks are in the output folder',
    group: regions,
  },
  device,
  threads,
};

const polygonFormats: readonly (MaskFormat | undefined)[] = ['geojson', 'gpkg'];

function predictRefusals({ format }: PredictRequest, isGiven: IsGiven): string[] {
  if (!isGiven('simplify') || polygonFormats.includes(format)) return [];
  return [
    '--simplify is for polygons only. Add --format geojson or --format gpkg, or leave out --simplify.',
  ];
}

/** `evaluate`: measures a student on labelled images. */
export function addEvaluate(program: Command, environment: Environment): void {
  addCommand(program, {
    name: 'evaluate',
    summary: 'test a student on labelled images',
    description:
      'Runs a student on labelled images, compares its predictions with the labels, and reports its quality, ' +
      'overall and per class, with 95 % intervals.',
    usage: '--model <file> --images <folder> [options]',
    schema: evaluateRequest,
    table: evaluateTable,
    run: (request, json) =>
      runJob(environment, {
        json,
        work: (context) => environment.engine.evaluateModel(request, context),
        report: evaluateReport,
        skipped: (summary) => summary.skipped,
      }),
  });
}

/** `predict`: a student's predictions for images without labels. */
export function addPredict(program: Command, environment: Environment): void {
  addCommand(program, {
    name: 'predict',
    summary: 'predict classes or masks for images with a student',
    description:
      'Predicts the class of each image and its probability. A segmentation student instead predicts a mask per image, ' +
      'and lists the area of each class.',
    usage: '--model <file> --images <folder> --out <folder> [options]',
    schema: predictRequest,
    table: predictTable,
    refusals: predictRefusals,
    run: (request, json) =>
      runJob(environment, {
        json,
        work: (context) => environment.engine.predict(request, context),
        report: predictReport,
        skipped: (summary) => summary.skipped,
        isPartly: (summary) => isPartly(summary.skipped),
      }),
  });
}
