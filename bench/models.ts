import { Random } from '../src/core/random.ts';
import { elementCount } from '../src/core/tensor.ts';
import type { Tensor } from '../src/core/tensor.ts';
import { imageNetNormalization, plainVit, weightShapes } from '../src/core/vit/architecture.ts';
import type { VitArchitecture } from '../src/core/vit/architecture.ts';
import type { VitModel } from '../src/core/vit/weights.ts';

/** ViT-Ti like the bundled teacher, and ViT-B/16 at 224 px. */
export const architectures = {
  'ViT-Ti/8, 64 px': {
    ...plainVit,
    imageSize: 64,
    patchSize: 8,
    width: 192,
    depth: 12,
    heads: 3,
    mlpWidth: 768,
  },
  'ViT-B/16, 224 px': {
    ...plainVit,
    imageSize: 224,
    patchSize: 16,
    width: 768,
    depth: 12,
    heads: 12,
    mlpWidth: 3072,
  },
} as const satisfies Record<string, VitArchitecture>;

/** Returns a model with random weights of ordinary scale: time does not depend on their values. */
export function randomModel(architecture: VitArchitecture): VitModel {
  const random = new Random(1);
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of weightShapes(architecture)) {
    const isScale = /(?:norm[12]?|fc_norm)\.weight$/.test(name);
    const data = Float32Array.from({ length: elementCount(shape) }, () =>
      isScale ? 1 : random.uniform(-0.03, 0.03),
    );
    weights.set(name, { shape, data });
  }
  return { architecture, weights, normalization: imageNetNormalization };
}
