import { z } from 'zod';
import { classificationTask, framing, preparation } from './jobs.ts';
import { interval } from './results.ts';

/** Version of the card's format. */
export const cardFormat = 1;

/** Metadata common to every exported model. */
const cardOfModel = {
  format: z.literal(cardFormat),
  /** Versions of the programs that wrote the file. */
  versions: z.strictObject({ understudy: z.string(), onnxruntime: z.string() }),
  classes: z
    .array(z.string())
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'two classes have the same name'),
  preprocessing: z.strictObject({
    /** Side of the square input, px. */
    imageSize: z.int().positive().max(8192),
    channels: z.int().positive().max(8192),
    framing,
    /** Absent in files of earlier versions, which supported only eight and sixteen bits as stored. */
    preparation: preparation.default({ range: 'auto' }),
    resampling: z.literal('bicubic, antialiased'),
    range: z.literal('[0, 1]'),
    /** Normalisation applied inside the model, for pixels in [0, 1]. */
    mean: z.array(z.number()),
    deviation: z.array(z.number()),
  }),
  teacher: z.strictObject({ name: z.string(), sha256: z.string(), blocks: z.number() }),
  student: z.strictObject({
    blocks: z.array(z.number()),
    skip: z.number().nullable(),
    start: z.enum(['fitted', 'copy']),
    rank: z.number(),
    steps: z.number(),
    seed: z.number(),
    /** Number format of the weights. */
    weights: z.enum(['float32', 'float16', 'int8']),
  }),
};

/** Metadata of an exported classification model. */
const classCard = z.strictObject({
  ...cardOfModel,
  task: classificationTask,
  /** Quality measured before export, on held-out images. */
  metrics: z.strictObject({
    teacher: interval,
    copy: interval,
    student: interval,
    images: z.number(),
  }),
});
export type ClassCard = z.infer<typeof classCard>;

const maskFigures = z.strictObject({ dice: interval.nullable(), iou: interval.nullable() });

/**
 * Metadata of a segmentation model: its classes begin with the background, and its input is squares at full
 * resolution.
 */
export const maskCard = z.strictObject({
  ...cardOfModel,
  task: z.literal('segmentation'),
  masks: z.strictObject({
    /** Colour of each class except the background, sRGB, `#rrggbb`. */
    colours: z.array(z.string()),
    /** Overlap of tiles, as a share of a tile's side. */
    overlap: z.number().min(0).max(0.75),
    /** Side of a patch, px: the minimum image size. */
    patchSize: z.int().positive(),
    decoderSteps: z.number(),
    /** True if the encoder was fine-tuned on the masks. */
    adapted: z.boolean(),
  }),
  metrics: z.strictObject({
    teacher: maskFigures,
    copy: maskFigures,
    student: maskFigures,
    images: z.number(),
  }),
});
export type MaskCard = z.infer<typeof maskCard>;

/** All metadata of an exported model: the ONNX metadata entry `understudy`. */
export const modelCard = z.discriminatedUnion('task', [classCard, maskCard]);
export type ModelCard = z.infer<typeof modelCard>;
