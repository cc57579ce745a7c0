import { z } from 'zod';

/**
 * What the engine is asked and what it answers: requests, progress, results. The command line, and
 * whatever else drives the engine, validates with these schemas and takes its types from them.
 */

const path = z.string().min(1).max(4096);
const whole = (low: number, high: number): z.ZodInt => z.int().min(low).max(high);
const seed = whole(0, 2 ** 32 - 1);
const threads = whole(1, 256).optional();

/** How labels are given: class folders below the images, or a CSV file. */
const labels = path;

/** One class an image, or any number of them. */
export const classificationTask = z.enum(['single', 'several']);
export type ClassificationTask = z.infer<typeof classificationTask>;

/** Decides what is sensible by default: how views are turned, which teacher comes first. */
export const projectDomain = z.enum(['medical', 'satellite', 'other']);

/** `overhead`: the images have no up (satellite, microscopy), so views may be turned and flipped upside down. */
export const orientation = z.enum(['upright', 'overhead']);

/** Where training begins: see docs/adr/0010. */
export const start = z.enum(['auto', 'fitted', 'copy']);

/** How an image that is not square becomes one: all of it, squeezed, or its centre, cut. */
export const framing = z.enum(['whole', 'centre']);

const amount = /-?\d{1,9}(?:\.\d{1,6})?/.source;
const percent = /(?:100|\d{1,2}(?:\.\d{1,3})?)/.source;
const rangePattern = new RegExp(
  `^(?:auto|stored|file|full|window:${amount}:${amount}|percentile:${percent}:${percent})$`,
);

/** What a model sees of stored values: see core/image/preparation. */
export const preparation = z.strictObject({
  /** Counted from 1: three for red, green and blue, or one; the file's own colours by default. */
  bands: z
    .array(whole(1, 4096))
    .refine(({ length }) => length === 1 || length === 3)
    .describe('one whole number from 1 to 4096, or three, separated by commas')
    .optional(),
  range: z
    .string()
    .regex(rangePattern)
    .describe('auto, stored, file, full, window:<centre>:<width> or percentile:<low>:<high>')
    .default('auto'),
});
export type WrittenPreparation = z.infer<typeof preparation>;

/** What a checkpoint does not say and its reader would otherwise infer. */
export const teacherOverrides = z.strictObject({
  heads: whole(1, 256).optional(),
  epsilon: z.number().min(1e-12).max(0.1).optional(),
  activation: z.enum(['gelu', 'gelu-tanh', 'quick-gelu']).optional(),
  pooling: z.enum(['class-token', 'patch-mean']).optional(),
  /** Of pixels in [0, 1], as the next one. */
  mean: z.array(z.number().min(-1).max(1)).min(1).max(64).optional(),
  deviation: z.array(z.number().min(1e-3).max(2)).min(1).max(64).optional(),
});
export type TeacherOverrides = z.infer<typeof teacherOverrides>;

/** How to distil, whatever the images are. */
export const distillOptions = z.strictObject({
  teacher: path,
  overrides: teacherOverrides.default({}),
  /** r: every r-th block is copied. */
  skip: whole(1, 1024).default(2),
  /** An explicit list of blocks in place of every r-th. */
  blocks: z.array(whole(0, 1023)).min(1).max(1024).optional(),
  /**
   * Where the student begins: the plain copy, as in the paper, or the copy with each block first fitted in
   * closed form to its stretch of the teacher. `auto` fits where a block stands for three or more.
   */
  start: start.default('auto'),
  rank: whole(1, 1024).default(16),
  steps: whole(1, 1_000_000).default(600),
  batch: whole(1, 4096).default(128),
  /** Peak learning rate; by default 6e-3·batch/256, which is 3e-3 at batch 128. */
  learningRate: z.number().positive().max(1).optional(),
  /** Different views an image; its teacher targets are computed once each. */
  views: whole(1, 100_000).default(64),
  orientation: orientation.default('upright'),
  framing: framing.default('whole'),
  preparation: preparation.default({ range: 'auto' }),
  /** Side of the input, px; the teacher's own by default. */
  imageSize: whole(1, 4096).optional(),
  seed: seed.default(0),
  device: z.enum(['cpu']).default('cpu'),
  threads,
  /** Goes on from the checkpoint that an interrupted run of the same request left. */
  resume: z.boolean().default(false),
  out: path,
});
export type DistillOptions = z.infer<typeof distillOptions>;

const { teacher, ...otherOptions } = distillOptions.shape;

export const distillRequest = z.strictObject({
  teacher,
  images: path,
  labels: labels.default('imagefolder'),
  /** Held-out folder of the same form; without it a seeded fifth of the labelled images, by group. */
  test: path.optional(),
  task: z.enum(['auto', 'single', 'several']).default('auto'),
  /** Labelled images a class for the head; all by default. */
  perClass: whole(1, 1_000_000).optional(),
  ...otherOptions,
});
export type DistillRequest = z.infer<typeof distillRequest>;

export const evaluateRequest = z.strictObject({
  model: path,
  images: path,
  labels: labels.default('imagefolder'),
  seed: seed.default(0),
  threads,
});
export type EvaluateRequest = z.infer<typeof evaluateRequest>;

export const predictRequest = z.strictObject({
  model: path,
  images: path,
  out: path,
  threads,
});
export type PredictRequest = z.infer<typeof predictRequest>;

export const demoRequest = z.strictObject({
  out: path,
  threads,
  seed: seed.default(0),
});
export type DemoRequest = z.infer<typeof demoRequest>;

/** A part of a job that has a progress of its own. */
export const jobPhase = z.enum([
  'sample',
  'images',
  'fit',
  'distill',
  'head',
  'timing',
  'export',
  'predict',
  'pixels',
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
    /** Of this phase; null until there is something to go by. */
    secondsLeft: z.number().nullable(),
    /** While distilling: mean absolute difference from the teacher. */
    loss: z.number().optional(),
    imagesPerSecond: z.number().optional(),
  }),
  /** What a student in training is compared with: its teacher, on a few labelled images. */
  z.strictObject({
    type: z.literal('reference'),
    /** Of the images whose patches are shown. */
    paths: z.array(z.string()),
    /** Patches a side. */
    grid: z.int().positive(),
    /** Cross-validated on labelled images, in [0, 1]; null where there are too few. */
    accuracy: z.number().nullable(),
    /** Features as colours, (images, grid, grid, 3). */
    map: bytes,
  }),
  /** A look at the student; accuracy and map as in the reference. */
  z.strictObject({
    type: z.literal('glimpse'),
    /** Steps done. */
    step: z.int().nonnegative(),
    accuracy: z.number().nullable(),
    map: bytes,
  }),
  /** A file that was left out. */
  z.strictObject({ type: z.literal('skipped'), path: z.string(), reason: z.string() }),
  /** Something a person should know; the job goes on. */
  z.strictObject({ type: z.literal('notice'), message: z.string() }),
]);
export type JobEvent = z.infer<typeof jobEvent>;

/** A measured quality with its bootstrap 95 % interval, all in [0, 1]. */
export const interval = z.strictObject({ value: z.number(), low: z.number(), high: z.number() });
export type Interval = z.infer<typeof interval>;

export const qualityReport = z.strictObject({
  accuracy: interval,
  balancedAccuracy: interval,
  macroF1: interval,
  /** Absent where no class has both positives and negatives. */
  auc: interval.nullable(),
  /** Single label: truth × prediction. Several labels: TN, FP, FN, TP a label. */
  confusion: z.array(z.array(z.number())),
});
export type QualityReport = z.infer<typeof qualityReport>;

/** One of the three encoders side by side, each with a head trained on the same labels. */
export const candidateReport = z.strictObject({
  ...qualityReport.shape,
  blocks: z.number(),
  /** Encoder and head. */
  parameters: z.number(),
  /** Of the weights in float32. */
  bytes: z.number(),
  /** Median over repeated batches of 16, the candidates taking turns. */
  msPerImage: z.number(),
});
export type CandidateReport = z.infer<typeof candidateReport>;

export const parityReport = z.strictObject({
  file: z.string(),
  bytes: z.number(),
  /** Largest difference of logits from the live model, relative to their largest size. */
  relativeDifference: z.number(),
  /** Share of the images on which the predicted classes agree. */
  agreement: z.number(),
  images: z.number(),
});
export type ParityReport = z.infer<typeof parityReport>;

/** A file that was left out, and why. */
export const skippedImage = z.strictObject({ path: z.string(), reason: z.string() });

export const distillSummary = z.strictObject({
  teacher: candidateReport,
  copy: candidateReport,
  student: candidateReport,
  /** Mean absolute difference of the last block's output from the teacher's. */
  loss: z.strictObject({ first: z.number(), last: z.number() }),
  seconds: z.number(),
  skip: z.number().nullable(),
  blocks: z.array(z.number()),
  rank: z.number(),
  steps: z.number(),
  classes: z.array(z.string()),
  task: classificationTask,
  images: z.strictObject({
    distilled: z.number(),
    labelled: z.number(),
    tested: z.number(),
    skipped: z.array(skippedImage),
  }),
  /** Share of the teacher's targets that came from the cache. */
  targetCacheHits: z.number(),
  parity: z.array(parityReport),
  /** Absolute paths of what was written. */
  files: z.array(z.string()),
});
export type DistillSummary = z.infer<typeof distillSummary>;

/** Everything an exported model says about itself: the ONNX metadata entry `understudy`. */
export const modelCard = z.strictObject({
  format: z.literal(1),
  /** Of what wrote the file. */
  versions: z.strictObject({ understudy: z.string(), onnxruntime: z.string() }),
  classes: z.array(z.string()).min(1),
  task: classificationTask,
  preprocessing: z.strictObject({
    /** Side of the square input, px. */
    imageSize: z.int().positive(),
    channels: z.int().positive(),
    framing,
    /** Absent in files of earlier versions, which knew eight and sixteen bits as stored alone. */
    preparation: preparation.default({ range: 'auto' }),
    resampling: z.literal('bicubic, antialiased'),
    range: z.literal('[0, 1]'),
    /** Applied inside the model. */
    /** Of pixels in [0, 1], as the next one. */
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
    /** How weights are stored. */
    weights: z.enum(['float32', 'float16', 'int8']),
  }),
  /** Measured before export, on held-out images. */
  metrics: z.strictObject({
    teacher: interval,
    copy: interval,
    student: interval,
    images: z.number(),
  }),
});
export type ModelCard = z.infer<typeof modelCard>;

export const evaluateSummary = z.strictObject({
  model: z.string(),
  ...qualityReport.shape,
  classes: z.array(z.string()),
  images: z.number(),
  msPerImage: z.number(),
  skipped: z.array(skippedImage),
});
export type EvaluateSummary = z.infer<typeof evaluateSummary>;

export const predictSummary = z.strictObject({
  model: z.string(),
  images: z.number(),
  /** Images by predicted class. */
  counts: z.record(z.string(), z.number()),
  imagesPerSecond: z.number(),
  skipped: z.array(skippedImage),
  files: z.array(z.string()),
});
export type PredictSummary = z.infer<typeof predictSummary>;

export const teacherDescription = z.strictObject({
  file: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  convention: z.enum(['timm']),
  storedAs: z.array(z.string()),
  architecture: z.strictObject({
    imageSize: z.number(),
    patchSize: z.number(),
    channels: z.number(),
    width: z.number(),
    depth: z.number(),
    heads: z.number(),
    mlpWidth: z.number(),
    classTokens: z.number(),
    registers: z.number(),
    positionsCoverPrefix: z.boolean(),
    layerScale: z.boolean(),
    preNorm: z.boolean(),
    activation: z.string(),
    epsilon: z.number(),
    qkvBias: z.boolean(),
    pooling: z.string(),
    normAfterPooling: z.boolean(),
  }),
  normalization: z.strictObject({ mean: z.array(z.number()), deviation: z.array(z.number()) }),
  /** What the file does not say and was taken to be so. */
  assumed: z.array(z.string()),
  parameters: z.number(),
  /** Students by skip factor: what would be kept. */
  students: z.array(
    z.strictObject({ skip: z.number(), blocks: z.array(z.number()), parameters: z.number() }),
  ),
});
export type TeacherDescription = z.infer<typeof teacherDescription>;

export const deviceDescription = z.strictObject({
  name: z.string(),
  description: z.string(),
  threads: z.number(),
  memoryBytes: z.number(),
  /** Of one large matrix product in float32, measured now. */
  gigaflops: z.number(),
});
export type DeviceDescription = z.infer<typeof deviceDescription>;

export const demoSummary = z.strictObject({ runs: z.array(distillSummary) });
export type DemoSummary = z.infer<typeof demoSummary>;

/** Images that the project's own generator draws. */
export const sampleRequest = z.strictObject({
  set: z.enum(['land', 'cells']),
  out: path,
  /** Training images a class; as many again are drawn for the test. */
  perClass: whole(1, 10_000).default(50),
  seed: seed.default(0),
});
export type SampleRequest = z.infer<typeof sampleRequest>;

export const sampleSummary = z.strictObject({ folder: z.string(), images: z.number() });
export type SampleSummary = z.infer<typeof sampleSummary>;
