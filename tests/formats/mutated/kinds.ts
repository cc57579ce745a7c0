import type { Case } from './case.ts';

/** Kinds of files that are changed. Modules are loaded on demand: a process reads only one kind. */
const kinds = {
  images: async (): Promise<Case[]> => (await import('./images.ts')).imageCases(),
  masks: async (): Promise<Case[]> => (await import('./masks.ts')).maskCases(),
  models: async (): Promise<Case[]> => (await import('./models.ts')).modelCases(),
  labels: async (): Promise<Case[]> => (await import('./labels.ts')).labelCases(),
  checkpoints: async (): Promise<Case[]> => (await import('./checkpoints.ts')).checkpointCases(),
};
/** A kind that fails on purpose. */
export const allKinds = {
  ...kinds,
  faults: async (): Promise<Case[]> => (await import('./faults.ts')).faultCases(),
};
export type Kind = keyof typeof allKinds;
export const kindNames = Object.keys(kinds) as (keyof typeof kinds)[];
