import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach } from 'vitest';
import { namedCheckpoints } from '../../../../tests/support/named-checkpoints.ts';
import { tinyVit } from '../../../../tests/support/tiny-vit.ts';
import { required } from '../../../../tests/support/values.ts';
import type { TeacherOverrides } from '../../../contract/jobs.ts';
import { describeTeacher } from '../read-teacher.ts';
import type { DescribedTeacher } from '../read-teacher.ts';
import { checkpointFolder } from './checkpoints.ts';
import type { Tensors } from './checkpoints.ts';

interface Sidecars {
  /** Writes a checkpoint in place of the earlier one. */
  readonly store: (tensors: Tensors) => Promise<string>;
  /** Writes the checkpoint again, in the naming of a transformers ViT. */
  readonly storeVit: () => Promise<string>;
  /** Writes files next to the checkpoint and describes it. */
  readonly described: (
    files: Readonly<Record<string, unknown>>,
    overrides?: TeacherOverrides,
  ) => Promise<DescribedTeacher>;
}

/** A checkpoint in timm's naming with files next to it, new for each test. */
export function sidecars(): Sidecars {
  const folder = checkpointFolder();
  beforeEach(() => folder.store(tinyVit().weights));
  const vit = required(
    namedCheckpoints.find(({ title }) => title === 'ViT by Hugging Face'),
    'checkpoint',
  );
  return {
    store: folder.store,
    storeVit: () => folder.store(vit.store(tinyVit())),
    described: async (files, overrides = {}) => {
      for (const [name, content] of Object.entries(files)) {
        const text = typeof content === 'string' ? content : JSON.stringify(content);
        await writeFile(join(folder.path, name), text);
      }
      return describeTeacher(join(folder.path, 'model.safetensors'), overrides);
    },
  };
}

/** Configuration of that ViT in transformers. */
export const transformers = {
  model_type: 'vit',
  hidden_size: 6,
  num_hidden_layers: 2,
  num_attention_heads: 3,
  intermediate_size: 8,
  hidden_act: 'gelu_pytorch_tanh',
  layer_norm_eps: 1e-7,
  image_size: 8,
  patch_size: 4,
  num_channels: 3,
};
