import type { Case } from './case.ts';

/** Kinds of files that are changed. Modules are loaded as they are asked for: one kind alone is read in a process. */
export const kinds = {
  images: async (): Promise<Case[]> => (await import('./images.ts')).imageCases(),
  masks: async (): Promise<Case[]> => (await import('./masks.ts')).maskCases(),
  models: async (): Promise<Case[]> => (await import('./models.ts')).modelCases(),
  labels: async (): Promise<Case[]> => (await import('./labels.ts')).labelCases(),
  checkpoints: async (): Promise<Case[]> => (await import('./checkpoints.ts')).checkpointCases(),
};
export type Kind = keyof typeof kinds;
export const kindNames = Object.keys(kinds) as Kind[];
