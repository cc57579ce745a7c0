import type { MaskCard } from '../../../contract/model-card.ts';
import { preparationOf } from '../../../core/image/preparation.ts';
import type { Preparation } from '../../../core/image/preparation.ts';
import * as g from '../../../core/graph/build.ts';
import { segmentationGraph } from '../../../core/heads/segmentation-decoder.ts';
import type { DecoderLayout } from '../../../core/heads/segmentation-decoder.ts';
import { adaptedLinears, mergeAdapters, unpackAdapters } from '../../../core/vit/adapters.ts';
import type { AdapterLayout } from '../../../core/vit/adapters.ts';
import { elementCount } from '../../../core/tensor.ts';
import type { Tensor } from '../../../core/tensor.ts';
import { frozenLinears } from '../../../core/vit/forward.ts';
import type { VitModel } from '../../../core/vit/weights.ts';
import type { ModelFileExecutor } from '../../../runtime/executor.ts';
import { modelText } from '../../../text/index.ts';
import { writeStudentFiles } from '../../models/export-files.ts';
import type { ExportResult, ExportStem } from '../../models/export-files.ts';
import type { JobContext } from '../../job.ts';

/** A distilled student with its decoder, before merging. */
export interface SegmentingStudent {
  readonly stem?: ExportStem | undefined;
  /** Model under the adapters. */
  readonly base: VitModel;
  readonly layout: AdapterLayout;
  readonly adapters: Tensor;
  readonly decoderLayout: DecoderLayout;
  readonly decoder: Tensor;
}

interface SegmenterExport {
  /** Resolution of the training images, cm per pixel; null if unknown. */
  readonly resolution: number | null;
  /** Tiles to compare on. */
  readonly batches: readonly Tensor[];
  /** Folder for the files. */
  readonly folder: string;
}

/** Exports a segmentation student; see `writeStudentFiles`. */
export async function exportSegmenter(
  { stem, base, layout, adapters, decoderLayout, decoder }: SegmentingStudent,
  card: MaskCard,
  { resolution, batches, folder }: SegmenterExport,
  executor: ModelFileExecutor,
  context: JobContext,
): Promise<ExportResult> {
  const pairs = unpackAdapters(layout, g.constant(adapters));
  const merged = mergeAdapters(base, layout, adapters.data);
  const linears = adaptedLinears(frozenLinears(base), pairs);
  const { channels, imageSize } = card.preprocessing;
  return writeStudentFiles(
    {
      stem,
      live: segmentationGraph(base, decoderLayout, decoder, linears),
      merged: segmentationGraph(merged, decoderLayout, decoder),
      compared: 'probabilities',
      card,
      metadata: deepnessMetadata(card, resolution),
      documentation: modelText.segmenterFile({ channels, imageSize }, card.classes.length),
      encoder: merged,
      head: new Map(),
      decoder: new Map(
        decoderLayout.tensors.map(({ name, shape, offset }) => [
          `decoder.${name}`,
          { shape, data: decoder.data.slice(offset, offset + elementCount(shape)) },
        ]),
      ),
      batches,
      agreement: (expected, got) => agreementOf(expected, got, card.classes.length),
    },
    folder,
    executor,
    context,
  );
}

/**
 * Returns the metadata for the QGIS plugin Deepness, each value in JSON: the plugin then cuts tiles, scales pixels to
 * [0, 1] and joins the results itself. The key for the tile size differs between its versions.
 */
export function deepnessMetadata(
  { preprocessing, masks }: MaskCard,
  resolution: number | null,
): ReadonlyMap<string, string> {
  const { imageSize, channels, preparation } = preprocessing;
  const { origin, span } = deepnessScaling(preparationOf(preparation));
  const entries: [string, unknown][] = [
    ['model_type', 'Segmentor'],
    ['tile_size', imageSize],
    ['tiles_size', imageSize],
    ['tiles_overlap', Math.round(100 * masks.overlap)],
    // Normalisation is inside the model; these convert Deepness's scaling by 255 to the model's input range.
    ['standardization_mean', Array<number>(channels).fill(origin)],
    ['standardization_std', Array<number>(channels).fill(span)],
    ['seg_thresh', 0],
    ['seg_small_segment', 0],
  ];
  if (resolution !== null) entries.push(['resolution', resolution]);
  return new Map(entries.map(([key, value]) => [key, JSON.stringify(value)]));
}

/**
 * Returns the offset and divisor for Deepness, (value / 255 − origin) / span: for a window, its black level and its
 * width. Ranges that depend on each image are impossible there; pixels are then taken as 8-bit values.
 */
function deepnessScaling({ range }: Preparation): { origin: number; span: number } {
  if (range.kind !== 'window') return { origin: 0, span: 1 };
  const { center, width } = range;
  return { origin: (center - width / 2) / brightest, span: width / brightest };
}

/** Largest 8-bit value. */
const brightest = 255;

/** Returns the share of the pixels with the same class. */
function agreementOf(expected: readonly Tensor[], got: readonly Tensor[], outputs: number): number {
  let [agreeing, total] = [0, 0];
  for (const [index, { data, shape }] of expected.entries()) {
    const other = got[index]?.data ?? new Float32Array();
    const pixels = elementCount(shape.slice(2));
    for (let tile = 0; tile < (shape[0] ?? 0); tile++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const at = tile * outputs * pixels + pixel;
        if (likeliest(data, at, pixels, outputs) === likeliest(other, at, pixels, outputs)) {
          agreeing++;
        }
        total++;
      }
    }
  }
  return total === 0 ? 1 : agreeing / total;
}

function likeliest(data: Float32Array, at: number, step: number, outputs: number): number {
  let best = 0;
  for (let output = 1; output < outputs; output++) {
    if ((data[at + output * step] ?? 0) > (data[at + best * step] ?? 0)) best = output;
  }
  return best;
}
