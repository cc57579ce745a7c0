import { fileURLToPath } from 'node:url';

/** Path of the teacher that ships with the program. */
export const bundledTeacher = fileURLToPath(
  new URL('../../../resources/teachers/vit_tiny_patch8_64.safetensors', import.meta.url),
);
