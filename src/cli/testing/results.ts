import type { TeacherDescription } from '../../contract/descriptions.ts';
import type { ImageDescription } from '../../contract/image-description.ts';
import type { EvaluateSummary, PredictSummary } from '../../contract/results.ts';
import { candidate, intervalOf, scores } from '../../contract/testing/results.ts';

type ClassEvaluation = Exclude<EvaluateSummary, { task: 'segmentation' }>;

export function evaluateResult(change: Partial<ClassEvaluation> = {}): ClassEvaluation {
  const { accuracy, balancedAccuracy, macroF1, auc, confusion } = candidate(0.85, 6);
  return {
    task: 'single',
    model: 'student.onnx',
    accuracy,
    balancedAccuracy,
    macroF1,
    auc,
    confusion,
    classes: ['forest', 'water'],
    images: 100,
    msPerImage: 1.25,
    skipped: [],
    ...change,
  };
}

export const maskEvaluation: EvaluateSummary = {
  task: 'segmentation',
  model: 'student.onnx',
  dice: scores(0.85),
  iou: scores(0.75),
  pixelAccuracy: intervalOf(0.95),
  boundaryF1: { mean: intervalOf(0.8), classes: { nucleus: intervalOf(0.8), lumen: null } },
  tolerance: { distance: 1.5, unit: 'mm' },
  classes: ['nucleus', 'lumen'],
  images: 12,
  msPerImage: 3.5,
  skipped: [],
};

export const predictResult: PredictSummary = {
  task: 'single',
  model: 'student.onnx',
  images: 4,
  counts: { forest: 1, water: 3 },
  imagesPerSecond: 812.4,
  skipped: [],
  files: ['/answers/predictions.csv'],
};

export const maskPrediction = {
  task: 'segmentation',
  model: 'student.onnx',
  images: 4,
  pixels: { nucleus: 3000, lumen: 1000 },
  imagesPerSecond: 2.5,
  known: 2,
  notes: ['Areas are in pixels: the images do not say how large one is.'],
  skipped: [],
  files: ['/answers/a.png', '/answers/areas.csv'],
} as const satisfies PredictSummary;

export const teacherResult: TeacherDescription = {
  file: 'vit.safetensors',
  bytes: 10_800_000,
  sha256: 'ab'.repeat(32),
  convention: 'timm',
  title: "a vision transformer in timm's naming",
  container: 'safetensors',
  storedAs: ['float16'],
  architecture: {
    imageSize: 64,
    patchSize: 8,
    channels: 3,
    width: 192,
    depth: 12,
    heads: 3,
    mlpWidth: 768,
    classTokens: 1,
    registers: 4,
    positionsCoverPrefix: true,
    layerScale: true,
    preNorm: false,
    activation: 'gelu',
    epsilon: 1e-6,
    qkvBias: true,
    pooling: 'class-token',
    normAfterPooling: false,
  },
  normalization: { mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225] },
  assumed: ['the images were normalised with ImageNet mean and deviation'],
  inferred: [
    { property: 'heads', value: 3, source: 'config', sentence: '3 attention heads, 64 wide each' },
    {
      property: 'mean',
      value: [0.485, 0.456, 0.406],
      source: 'guess',
      sentence: 'the images were normalised with ImageNet mean and deviation',
    },
  ],
  notes: ['The text encoder is left out: the vision tower alone is the teacher.'],
  parameters: 5_400_000,
  students: [
    { skip: 2, blocks: [0, 2, 4, 6, 8, 10], parameters: 2_700_000 },
    { skip: 3, blocks: [0, 3, 6, 9], parameters: 1_810_000 },
  ],
};

export const imageResult: ImageDescription = {
  format: 'tiff',
  width: 10_980,
  height: 5490,
  bands: 13,
  bandNames: Array.from({ length: 13 }, () => null),
  alpha: null,
  frames: 1,
  dtype: 'uint16',
  min: 0,
  max: 28_000,
  mean: 1234.56789,
  infinite: 0,
  crs: 'EPSG:32633',
  transform: [10, 0, 600_000, 0, -10, 5_100_000.25],
  nodata: 0,
  spacing: { x: 10, y: 10, unit: 'm' },
  levels: [
    { width: 10_980, height: 5490 },
    { width: 5490, height: 2745 },
  ],
  interpretation: 'bands',
  seen: [1, 2, 3],
  rescale: { slope: 0.0001, intercept: -0.1 },
  rescaled: { min: -0.1, max: 2.7, mean: 0.023456789 },
  windows: [
    { center: 40, width: 400, shape: 'linear', name: 'soft tissue' },
    { center: -600, width: 1500, shape: 'linear', name: null },
  ],
  orientation: null,
  shape: null,
  zooms: null,
  notes: ['The last strip is cut short.'],
};
