import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe } from 'vitest';
import { readSafetensors } from '../../src/formats/safetensors/safetensors.ts';
import type { Tensor } from '../../src/core/tensor.ts';

/** Material from other implementations. It is next to the project, not in it. */
const folder = fileURLToPath(new URL('../../../shared/reference/', import.meta.url));
const absent = !existsSync(folder);

/** A suite that needs the material: skipped if it is absent, and its title then states why. */
export function describeReference(title: string, suite: () => void): void {
  const reason = absent ? ' (skipped: ../shared/reference is not beside the project)' : '';
  describe.skipIf(absent)(`${title}${reason}`, suite);
}

export const referencePath = (file: string): string => folder + file;

export async function readReference(file: string): Promise<ReadonlyMap<string, Tensor>> {
  return (await readSafetensors(referencePath(file))).tensors;
}

/** The reference models receive images that are already normalised. */
export const unnormalized = { mean: [0, 0, 0], deviation: [1, 1, 1] };
