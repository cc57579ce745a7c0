import { distillOptions } from '../../../contract/jobs.ts';
import type { Task, WrittenPreparation } from '../../../contract/jobs.ts';
import type { ClassSummary, DistillSummary, MaskSummary } from '../../../contract/results.ts';
import { exportText } from '../../text/en/steps/export.ts';

/** A part of an exported file. */
export interface ExportPart {
  readonly name: string;
  readonly what: string;
}

/** Instructions for an exported file. */
export interface Usage {
  /** Python code. */
  readonly note: string;
  /** Names of inputs and outputs, or of weights, each with its description. */
  readonly names: readonly (readonly string[])[];
}

/** An ONNX file and its input. */
interface OnnxFile {
  readonly file: string;
  readonly channels: number;
  readonly preparation: WrittenPreparation;
  /** Side of the teacher's input, px; null if unknown. */
  readonly side: number | null;
}

/** Differences between tasks at the export step. */
interface ExportTask<Summary extends DistillSummary> {
  /** Parts that follow the encoder in a file. */
  headParts(summary: Summary, isOnnx: boolean): readonly ExportPart[];
  onnxUsage(summary: Summary, file: OnnxFile): Usage;
  /** Names of weights in a safetensors file, each with its description. */
  readonly weightNames: Usage['names'];
  /** Texts on how well the outputs of a file agree with the student: `same` if all do, `share` if not. */
  readonly parity: {
    readonly same: (images: number) => string;
    readonly share: (agreement: number, images: number) => string;
  };
  /** True if map software can run the student. */
  readonly runsInMaps: boolean;
}

const { contents, parity, use } = exportText;

/** Overlap as a share of a tile's side: the default, which the window does not change. */
const overlap = distillOptions.shape.overlap.parse(undefined);

const classification: ExportTask<ClassSummary> = {
  headParts: ({ task, classes }) => {
    const what = task === 'single' ? contents.head.what : contents.head.several;
    return [{ name: contents.head.name, what: what(classes.length) }];
  },
  onnxUsage: ({ classes, task }, { side, ...file }) => ({
    note: use.onnx(file, side, classes.length, task),
    names: use.names(file.channels),
  }),
  weightNames: use.weightNames,
  parity: { same: parity.same, share: parity.share },
  runsInMaps: false,
};

const segmentation: ExportTask<MaskSummary> = {
  headParts: ({ classes, side }, isOnnx) => {
    const { decoder, tiles } = contents;
    const what = isOnnx ? decoder.what : decoder.noSoftmax;
    return [
      { name: decoder.name, what: what(classes.length) },
      { name: tiles.name, what: tiles.what(side, overlap) },
    ];
  },
  onnxUsage: ({ classes, side }, file) => ({
    note: use.onnxMasks(file, side, classes.length),
    names: use.maskNames(file.channels),
  }),
  weightNames: use.maskWeightNames,
  parity: { same: parity.sameMasks, share: parity.shareOfPixels },
  runsInMaps: true,
};

const tasks = { single: classification, several: classification, segmentation };

/** The task of a summary. */
export function exportTaskOf(name: Task): ExportTask<DistillSummary> {
  return tasks[name];
}
