import { fileURLToPath } from 'node:url';

/** The teacher that comes with the program. */
export const bundledTeacher = fileURLToPath(
  new URL('../../resources/teachers/vit_tiny_patch8_64.safetensors', import.meta.url),
);
