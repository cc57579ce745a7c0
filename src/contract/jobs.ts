import { z } from 'zod';

/**
 * Requests to the engine, its progress and its results. The command line, and any other caller of the engine,
 * validates with these schemas and derives its types from them.
 */

const path = z.string().min(1).max(4096);
const whole = (low: number, high: number): z.ZodInt => z.int().min(low).max(high);
const seed = whole(0, 2 ** 32 - 1);
const threads = whole(1, 256).optional();

/**
 * Pairs `what=class`, separated by commas: a name, number or colour of masks, and a class, `background` or `ignore`.
 */
const classPairs = z.string().max(100_000);

/** Source of labels: class folders below the images, or a CSV file. */
const labels = path;

/** Task: one class per image, or any number of them. */
export const classificationTask = z.enum(['single', 'several']);
export type ClassificationTask = z.infer<typeof classificationTask>;

/** Tasks: classification, and segmentation of an image into regions. */
export const task = z.enum([...classificationTask.options, 'segmentation']);
export type Task = z.infer<typeof task>;

/** Determines defaults: how views are flipped and rotated, and which teacher comes first. */
export const projectDomain = z.enum(['medical', 'satellite', 'other']);

/**
 * Orientation of the images. `overhead`: they have no fixed up direction (satellite, microscopy), so views may be
 * rotated and flipped vertically.
 */
export const orientation = z.enum(['upright', 'overhead']);

/** Start of training: see docs/adr/0010 and 0034. */
export const start = z.enum(['auto', 'fitted', 'copy']);

/**
 * Compute device: the CPU; a GPU from any vendor; an NVIDIA GPU on Linux, by ONNX Runtime or TensorFlow.js; any GPU
 * on Windows; an Apple GPU.
 */
export const deviceName = z.enum(['cpu', 'webgpu', 'cuda', 'tensorflow', 'dml', 'coreml']);
export type DeviceName = z.infer<typeof deviceName>;

/** Device choice; `auto`: the fastest available device, by measurement. */
export const deviceChoice = z.enum(['auto', ...deviceName.options]);
export type DeviceChoice = z.infer<typeof deviceChoice>;

/** Number format of the operands of a GPU's matrix products; everything else is float32. */
export const precision = z.enum(['float32', 'float16']);
export type Precision = z.infer<typeof precision>;

/**
 * Returns the number format used on a device: float16 would only slow down a processor, and TensorFlow.js does not
 * support it.
 */
export function precisionOn(device: DeviceName, requested: Precision): Precision {
  return device === 'cpu' || device === 'tensorflow' ? 'float32' : requested;
}

/** Devices that exported files can run on; TensorFlow.js cannot read them. */
const fileDevice = deviceName.exclude(['tensorflow']);
export type FileDevice = z.infer<typeof fileDevice>;

/** Framing of an image that is not square: the whole image, stretched to a square, or a centre crop. */
export const framing = z.enum(['whole', 'centre']);

/** Range of values: a word, or two amounts after `window`, or two percentages after `percentile`. */
const rangePattern =
  /^(?:auto|stored|file|full|window(?::-?\d{1,9}(?:\.\d{1,6})?){2}|percentile(?::(?:100|\d{1,2}(?:\.\d{1,3})?)){2})$/;

/** Maximum number of bands in a model's input. */
export const mostBands = 64;

/** Preparation of stored values for a model: see core/image/preparation. */
export const preparation = z.strictObject({
  /**
   * Bands, counted from 1: one for grey, three for red, green and blue, or any others; by default the file's own
   * colours.
   */
  bands: z
    .array(whole(1, 4096))
    .min(1)
    .max(mostBands)
    .describe(
      `up to ${mostBands} whole numbers from 1 to 4096, separated by commas, several in a row as 1-13`,
    )
    .optional(),
  range: z
    .string()
    .regex(rangePattern)
    .describe('auto, stored, file, full, window:<centre>:<width> or percentile:<low>:<high>')
    .default('auto'),
});
export type WrittenPreparation = z.infer<typeof preparation>;

/** Properties of a checkpoint that its reader would otherwise infer. */
export const teacherOverrides = z.strictObject({
  heads: whole(1, 256).optional(),
  epsilon: z.number().min(1e-12).max(0.1).optional(),
  activation: z.enum(['gelu', 'gelu-tanh', 'quick-gelu']).optional(),
  pooling: z.enum(['class-token', 'patch-mean']).optional(),
  /** Mean of pixels in [0, 1]; `std` is on the same scale. */
  mean: z.array(z.number().min(-1).max(1)).min(1).max(64).optional(),
  deviation: z.array(z.number().min(1e-3).max(2)).min(1).max(64).optional(),
  /** Bands of the teacher, from 1, that correspond to the colours of the images (red, green and blue by default). */
  colourBands: z
    .array(whole(1, 4096))
    .min(1)
    .max(mostBands)
    .refine((bands) => new Set(bands).size === bands.length)
    .describe(
      'different whole numbers from 1 to 4096, separated by commas, several in a row as 1-13',
    )
    .optional(),
});
export type TeacherOverrides = z.infer<typeof teacherOverrides>;

/** Default number of steps and batch size, from measurements (README, docs/adr/0021). */
export const usualTraining = {
  classification: { steps: 600, batch: 128 },
  segmentation: { steps: 150, batch: 32 },
} as const;

/**
 * Returns the further steps in which the adapters are trained together with the decoder, after `decoderSteps` of only
 * the decoder.
 */
export function learningOnSteps(decoderSteps: number): number {
  return Math.ceil(decoderSteps / 2);
}

/** Returns the steps of all decoders of a run: teacher's, copy's and student's. */
export function stepsOfDecoders(run: { decoderSteps: number; adapt: boolean }): number {
  return 3 * run.decoderSteps + (run.adapt ? learningOnSteps(run.decoderSteps) : 0);
}

/**
 * Returns true if a run fits the copy before training: `auto` tries it and keeps the better start (docs/adr/0034).
 */
export function fitsCopy(asked: DistillOptions['start']): boolean {
  return asked !== 'copy';
}

/** Overlap of neighbouring tiles, as a share of a tile's side. */
const overlap = z.number().min(0).max(0.75).default(0.5);
/** Unit of lengths in an image: its pixels, or the pixel size that the file states. */
export const lengthUnit = z.enum(['px', 'mm', 'm']);
export type LengthUnit = z.infer<typeof lengthUnit>;

/** Largest tolerance, in any unit. */
export const longestTolerance = 1000;

/** Largest distance between a predicted and a true boundary that still counts as correct. */
export const borderTolerance = {
  tolerance: z.number().min(0).max(longestTolerance),
  toleranceUnit: lengthUnit,
} as const;
/** Default tolerance. */
export const usualTolerance = { distance: 2, unit: 'px' } as const;

/** Options of distilling, for all kinds of images. */
export const distillOptions = z.strictObject({
  teacher: path,
  overrides: teacherOverrides.default({}),
  /** Skip factor r: every r-th block is copied. */
  skip: whole(1, 1024).default(2),
  /** Explicit list of blocks to copy, instead of every r-th. */
  blocks: z.array(whole(0, 1023)).min(1).max(1024).optional(),
  /**
   * Start of the student: the untrained copy, as in the paper, or the copy with each block first fitted in closed
   * form to its part of the teacher. `auto`: the better of the two on reserved training images.
   */
  start: start.default('auto'),
  rank: whole(1, 1024).default(16),
  steps: whole(1, 1_000_000).optional(),
  batch: whole(1, 4096).optional(),
  /** Peak learning rate; by default it depends on the batch size, and is lower from a fitted start. */
  learningRate: z.number().positive().max(1).optional(),
  /** Number of different views per image; the teacher's targets for each are computed once. */
  views: whole(1, 100_000).default(64),
  orientation: orientation.default('upright'),
  framing: framing.default('whole'),
  preparation: preparation.default({ range: 'auto' }),
  /** Side of the input, px; by default the teacher's own, but at least 128 for segmentation. */
  imageSize: whole(1, 4096).optional(),
  /** Steps that train the decoder, for segmentation. */
  decoderSteps: whole(1, 100_000).default(200),
  /** True to fine-tune the student's adapters on the masks together with its decoder, for segmentation. */
  adapt: z.boolean().default(false),
  overlap,
  tolerance: borderTolerance.tolerance.default(usualTolerance.distance),
  toleranceUnit: borderTolerance.toleranceUnit.default(usualTolerance.unit),
  seed: seed.default(0),
  device: deviceChoice.default('auto'),
  precision: precision.default('float32'),
  threads,
  /** Whether to resume from the checkpoint of an interrupted run of the same request. */
  resume: z.boolean().default(false),
  out: path,
});
export type DistillOptions = z.infer<typeof distillOptions>;

const { teacher, ...otherOptions } = distillOptions.shape;

export const distillRequest = z.strictObject({
  teacher,
  images: path,
  labels: labels.default('imagefolder'),
  /** Class pairs of masks, as in `classPairs`. */
  class: classPairs.optional(),
  /** Test folder with the same structure; without it, a seeded fifth of the labelled images, by group. */
  test: path.optional(),
  task: z.enum(['auto', ...task.options]).default('auto'),
  /** Labelled images per class for the head; all by default. */
  perClass: whole(1, 1_000_000).optional(),
  ...otherOptions,
});
export type DistillRequest = z.infer<typeof distillRequest>;

export const evaluateRequest = z.strictObject({
  model: path,
  images: path,
  labels: labels.default('imagefolder'),
  /** Class pairs of masks, as in `classPairs`. */
  class: classPairs.optional(),
  /** Tolerance for segmentation, in `toleranceUnit`; the default one if absent. */
  tolerance: borderTolerance.tolerance.optional(),
  toleranceUnit: borderTolerance.toleranceUnit.optional(),
  seed: seed.default(0),
  device: fileDevice.default('cpu'),
  threads,
});
export type EvaluateRequest = z.infer<typeof evaluateRequest>;

/** Format of predicted masks. */
const maskFormat = z.enum(['png', 'geotiff', 'geojson', 'gpkg', 'nifti', 'dicom-seg']);
export type MaskFormat = z.infer<typeof maskFormat>;

export const predictRequest = z.strictObject({
  model: path,
  images: path,
  out: path,
  /** Format for segmentation; PNG by default. */
  format: maskFormat.optional(),
  /** Simplification of polygons: how far a border may move to save corners, px. */
  simplify: z.number().min(0).max(100).default(0),
  /** Overlap of tiles for segmentation; the model's own by default. */
  overlap: overlap.unwrap().optional(),
  /** Whether to skip images that already have masks, and resume an interrupted one. */
  resume: z.boolean().default(false),
  device: fileDevice.default('cpu'),
  threads,
});
export type PredictRequest = z.infer<typeof predictRequest>;

export const demoRequest = z.strictObject({
  out: path,
  threads,
  seed: seed.default(0),
});
export type DemoRequest = z.infer<typeof demoRequest>;

/** A phase of a job with a progress of its own. */
export const jobPhase = z.enum([
  'sample',
  'images',
  'fit',
  'distill',
  'head',
  'masks',
  'decoder',
  'timing',
  'export',
  'predict',
  'pixels',
  'download',
]);
export type JobPhase = z.infer<typeof jobPhase>;

/** Bytes as they cross a process. */
export const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);

export const jobEvent = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('progress'),
    phase: jobPhase,
    done: z.number(),
    total: z.number(),
    /** Seconds left in this phase; null until they can be estimated. */
    secondsLeft: z.number().nullable(),
    /** Mean absolute difference from the teacher while distilling. */
    loss: z.number().optional(),
    imagesPerSecond: z.number().optional(),
  }),
  /** Reference for a student in training: its teacher's features of a few labelled images. */
  z.strictObject({
    type: z.literal('reference'),
    /** Paths of the images whose patches are shown. */
    paths: z.array(z.string()),
    /** Number of patches per side. */
    grid: z.int().positive(),
    /** Accuracy, cross-validated on labelled images, in [0, 1]; null if there are too few. */
    accuracy: z.number().nullable(),
    /** Features as colours, (images, grid, grid, 3). */
    map: bytes,
  }),
  /** Probe of the student in training, named `glimpse` in messages; accuracy and map as in the reference. */
  z.strictObject({
    type: z.literal('glimpse'),
    /** Number of steps done. */
    step: z.int().nonnegative(),
    accuracy: z.number().nullable(),
    map: bytes,
  }),
  /** A file that was left out. */
  z.strictObject({ type: z.literal('skipped'), path: z.string(), reason: z.string() }),
  /** Something the user should know; the job continues. */
  z.strictObject({
    type: z.literal('notice'),
    message: z.string(),
    /**
     * Marks notices on the training, which the app shows; without it, the notice is about the command line's options.
     */
    topic: z.literal('recipe').optional(),
  }),
  /** Device that the job uses from here on. */
  z.strictObject({
    type: z.literal('device'),
    device: deviceName,
    /** Why it is not the requested device, or no longer the previous one. */
    reason: z.string().nullable(),
  }),
]);
export type JobEvent = z.infer<typeof jobEvent>;

/** Images generated by the program itself. */
export const sampleRequest = z.strictObject({
  set: z.enum(['land', 'cells']),
  out: path,
  /**
   * Form of the images. `classes`: a folder per class, for training heads; `masks`: the folders `images` and `masks`,
   * for training decoders.
   */
  layout: z.enum(['classes', 'masks']).default('classes'),
  /** Training images per class; as many again are generated for the test. */
  perClass: whole(1, 10_000).default(50),
  seed: seed.default(0),
});
export type SampleRequest = z.infer<typeof sampleRequest>;

/** @public The form of what `--json` prints. */
export const sampleSummary = z.strictObject({ folder: z.string(), images: z.number() });
export type SampleSummary = z.infer<typeof sampleSummary>;
