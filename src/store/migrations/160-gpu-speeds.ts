import type { Migration } from './migration.ts';

/** How fast GPUs were had been measured until they took work on, not until it was done. */
export const gpuSpeeds: Migration = {
  version: 160,
  name: 'gpu-speeds',
  up: `DELETE FROM estimates WHERE machine LIKE 'webgpu,%';`,
};
