import type { Convention } from './convention.ts';
import { clipImages } from './convention.ts';
import { timmNaming } from './timm.ts';
import { leftOutNotes, teacherFamilies, usualFamilies } from '../../../text/index.ts';

/** Vision towers of CLIP as timm and OpenCLIP's trunks name them: the only family with a norm before the blocks. */
export const timmClip: Convention = {
  name: 'timm-clip',
  title: teacherFamilies.timmClip,
  namings: [timmNaming],
  marks: [/^norm_pre\.weight$/],
  usual: {
    epsilon: 1e-5,
    activation: 'gelu',
    // OpenAI's own weights use QuickGELU, others do not.
    activationSource: 'guess',
    of: usualFamilies.timmClip,
    normalization: clipImages,
    normalizationOf: 'CLIP',
  },
  noPatchBias: true,
  leftOut: [{ names: /^head\./, note: leftOutNotes.projection('head') }],
};
