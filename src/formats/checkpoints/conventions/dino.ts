import type { Convention } from './convention.ts';
import { timmNaming, usualOfTimm } from './timm.ts';
import { teacherFamilies } from '../../../text/index.ts';

/**
 * DINO and iBOT (Caron et al., arXiv 2104.14294) as stored in training checkpoints: an encoder with a head of
 * prototypes.
 */
export const dino: Convention = {
  name: 'dino',
  title: teacherFamilies.dino,
  namings: [timmNaming],
  marks: [/(^|\.)(dino_|ibot_)?head\.(mlp\.\d|last_layer)/],
  usual: { ...usualOfTimm, of: 'DINO' },
  leftOut: [{ names: /(^|\.)(dino_|ibot_)?head\./ }],
};
