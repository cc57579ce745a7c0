import type { Migration } from './migration.ts';

/** Removal of GPU speeds that were measured until the GPU accepted work, not until it finished. */
export const gpuSpeeds: Migration = {
  version: 160,
  name: 'gpu-speeds',
  up: `DELETE FROM estimates WHERE machine LIKE 'webgpu,%';`,
};
