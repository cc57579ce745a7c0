import type { Command } from 'commander';
import {
  type EvaluateRequest,
  evaluateRequest,
  type MaskFormat,
  type PredictRequest,
  predictRequest,
  usualTolerance,
} from '../../contract/jobs.ts';
import { runJob } from '../job.ts';
import type { OptionTable } from '../options/option-table.ts';
import { evaluateReport } from '../report/evaluate-report.ts';
import { predictReport } from '../report/predict-report.ts';
import type { World } from '../world.ts';
import { addCommand, type IsGiven } from './command.ts';
import { classOption, overlapOption, toleranceOption } from './mask-options.ts';

const model = { flags: '--model <file>', help: 'a student that distill wrote, in ONNX' };
/** A heading in the help. */
const regions = 'Students that outline regions';
const device = {
  flags: '--device <name>',
  help: 'what to compute on: the processor by default, which suits small students',
};
const threads = { flags: '--threads <n>', help: 'processor threads to use (chosen by default)' };

const evaluateTable: OptionTable<EvaluateRequest, 'toleranceUnit'> = {
  model,
  images: { flags: '--images <folder>', help: 'labelled images that the student has not seen' },
  labels: {
    flags: '--labels <how>',
    help: 'imagefolder: the folder an image lies in is its class; or a CSV file with the columns path,label; for a student that outlines regions masks: the folder "masks" beside "images", or a label file',
  },
  class: { ...classOption, group: regions },
  tolerance: {
    ...toleranceOption,
    help: `${toleranceOption.help} (${usualTolerance.distance} pixels by default)`,
    group: regions,
  },
  seed: { flags: '--seed <n>', help: 'number from which the intervals are drawn' },
  device,
  threads,
};

const predictTable: OptionTable<PredictRequest> = {
  model,
  images: { flags: '--images <folder>', help: 'images without labels, or with' },
  out: { flags: '--out <folder>', help: 'where the predictions go' },
  format: {
    flags: '--format <name>',
    help: 'how masks are written, png by default: geotiff and nifti lie where the image lies, geojson and gpkg are polygons',
    group: regions,
  },
  simplify: {
    flags: '--simplify <px>',
    help: 'how far a border of a polygon may be moved to have fewer corners',
    group: regions,
  },
  overlap: {
    ...overlapOption,
    help: `${overlapOption.help} (what the student was tested with by default)`,
    group: regions,
  },
  resume: {
    flags: '--resume',
    help: 'leave out images whose masks are there, and go on with one that was begun',
    group: regions,
  },
  device,
  threads,
};

const polygonFormats: readonly (MaskFormat | undefined)[] = ['geojson', 'gpkg'];

function predictRefusals({ format }: PredictRequest, isGiven: IsGiven): string[] {
  if (!isGiven('simplify') || polygonFormats.includes(format)) return [];
  return ['--simplify is for polygons. Add --format geojson or --format gpkg, or leave it out.'];
}

/** `evaluate`: how good a student is on labelled images. */
export function addEvaluate(program: Command, world: World): void {
  addCommand(program, {
    name: 'evaluate',
    summary: 'test a student on labelled images',
    description:
      'Lets a student name the class of each image, or outline its regions, compares with the labels, and ' +
      'says how good it is, as a whole and class by class, with 95 % intervals.',
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
    summary: 'let a student name the classes of images, or outline their regions',
    description:
      'Writes the class of each image and how sure the student is of it; or, of a student that outlines ' +
      'regions, a mask of each image and the area of each class.',
    usage: '--model <file> --images <folder> --out <folder> [options]',
    schema: predictRequest,
    table: predictTable,
    refusals: predictRefusals,
    run: (request, json) =>
      runJob(world, {
        json,
        work: (context) => world.engine.predict(request, context),
        report: predictReport,
        skipped: (summary) => summary.skipped,
      }),
  });
}
