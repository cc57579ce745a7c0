import type { Convention } from './convention.ts';
import { halves } from './convention.ts';
import { timmNaming } from './timm.ts';

/** Vision towers of SigLIP (Zhai et al., arXiv 2303.15343) in timm: tokens are pooled by attention. */
export const timmSiglip: Convention = {
  name: 'timm-siglip',
  title: "SigLIP's vision tower in timm's naming",
  namings: [timmNaming],
  marks: [/^attn_pool\.latent$/],
  usual: {
    epsilon: 1e-6,
    activation: 'gelu',
    // The weights were trained with the GELU by tanh; timm runs some with the exact one.
    activationSource: 'guess',
    of: 'SigLIP in timm',
    // The giant of SigLIP 2.
    headsByWidth: { 1536: 16 },
    normalization: halves,
    normalizationOf: 'SigLIP',
  },
  leftOut: [
    {
      names: /^attn_pool\./,
      sentence:
        'Its head pools tokens by attention (attn_pool) and is left out: * stands for an image.',
    },
    { names: /^head\./ },
  ],
};
