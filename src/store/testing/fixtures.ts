import { createHash } from 'node:crypto';
import type { Project, ProjectSettings, ProjectTask } from '../../contract/app.ts';
import type { CandidateReport, DistillSummary } from '../../contract/results.ts';
import type { TeacherDescription } from '../../contract/descriptions.ts';
import { plainVit } from '../../core/vit/architecture.ts';
import type { NewImage } from '../queries/images.ts';
import type { NewTeacher } from '../queries/teachers.ts';
import type { Store } from '../store.ts';

/** Entities for tests, with sensible defaults. */

export const settings: ProjectSettings = {
  teacher: null,
  skip: 2,
  rank: 16,
  steps: 600,
  views: 64,
  batch: 128,
  device: 'auto',
  precision: 'float32',
  start: 'auto',
  orientation: 'upright',
  preparation: { range: 'auto' },
  imageSize: null,
  decoderSteps: 200,
  adapt: false,
  overlap: 0.5,
  tolerance: 2,
  toleranceUnit: 'px',
};

export function addProject(
  store: Store,
  classes: readonly string[] = [],
  task: ProjectTask = 'several',
): Project {
  return store.projects.create({
    name: 'Lungs',
    domain: 'medical',
    task,
    isSample: false,
    settings,
    classes: classes.map((name) => ({ name, colour: '#0072b2' })),
  });
}

/** Returns an image whose content is its name, unless `content` is given. */
export function newImage(name: string, change: Partial<NewImage> = {}, content = name): NewImage {
  return {
    folder: '/images',
    name,
    modified: 1_700_000_000_000.25,
    sha256: createHash('sha256').update(content).digest(),
    bytes: 1234,
    width: 640,
    height: 480,
    group: undefined,
    isTest: false,
    ...change,
  };
}

/** Adds images of these names and returns their ids. */
export function addImages(store: Store, project: number, names: readonly string[]): number[] {
  const images = names.map((name) => newImage(name));
  return store.images.add(project, images).map(({ id }) => id);
}

export const description: TeacherDescription = {
  file: '/models/vit.safetensors',
  bytes: 343_000_000,
  sha256: 'a'.repeat(64),
  convention: 'timm',
  title: "a vision transformer in timm's naming",
  container: 'safetensors',
  storedAs: ['float32'],
  architecture: {
    ...plainVit,
    imageSize: 224,
    patchSize: 16,
    width: 768,
    depth: 12,
    heads: 12,
    mlpWidth: 3072,
  },
  normalization: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
  assumed: ['heads'],
  inferred: [],
  notes: [],
  parameters: 85_800_000,
  students: [{ skip: 2, blocks: [0, 2, 4, 6, 8, 10], parameters: 43_300_000 }],
};

export function newTeacher(change: Partial<NewTeacher> = {}): NewTeacher {
  return {
    name: 'vit',
    file: '/models/vit.safetensors',
    description,
    overrides: {},
    training: null,
    suits: null,
    licence: 'Apache-2.0',
    isBundled: false,
    ...change,
  };
}

const interval = { value: 0.9, low: 0.8, high: 0.95 };

const candidate: CandidateReport = {
  accuracy: interval,
  balancedAccuracy: interval,
  macroF1: interval,
  auc: null,
  confusion: [
    [5, 1],
    [0, 6],
  ],
  blocks: 6,
  parameters: 43_300_000,
  bytes: 173_200_000,
  msPerImage: 12.5,
};

export const summary: DistillSummary = {
  teacher: candidate,
  copy: candidate,
  student: candidate,
  loss: { first: 0.5, last: 0.1 },
  seconds: 60,
  skip: 2,
  blocks: [0, 2, 4, 6, 8, 10],
  rank: 16,
  steps: 600,
  classes: ['clear', 'opaque'],
  task: 'single',
  images: { distilled: 40, labelled: 28, tested: 12, skipped: [] },
  targetCacheHits: 0.98,
  parity: [],
  files: [],
};
