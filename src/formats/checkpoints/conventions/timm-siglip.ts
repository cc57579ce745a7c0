import type { Convention } from './convention.ts';
import { halves } from './convention.ts';
import { timmNaming } from './timm.ts';
import { leftOutNotes, teacherFamilies, usualFamilies } from '../../../text/index.ts';

/** Vision towers of SigLIP (Zhai et al., arXiv 2303.15343) in timm: with attention pooling. */
export const timmSiglip: Convention = {
  name: 'timm-siglip',
  title: teacherFamilies.timmSiglip,
  namings: [timmNaming],
  marks: [/^attn_pool\.latent$/],
  usual: {
    epsilon: 1e-6,
    activation: 'gelu',
    // The weights were trained with the tanh GELU; timm runs some of them with the exact one.
    activationSource: 'guess',
    of: usualFamilies.timmSiglip,
    // The giant SigLIP 2 model.
    headsByWidth: { 1536: 16 },
    normalization: halves,
    normalizationOf: 'SigLIP',
  },
  leftOut: [
    {
      names: /^attn_pool\./,
      note: (pooling) => leftOutNotes.attentionPooling('attn_pool', pooling),
    },
    { names: /^head\./ },
  ],
};
