import type { Convention } from './convention.ts';
import { timmNaming, usualOfTimm } from './timm.ts';
import { leftOutNotes, teacherFamilies } from '../../../text/index.ts';

/**
 * Masked autoencoders (He et al., arXiv 2111.06377), including SatMAE++, and SatMAE if it is plain; with their decoder.
 */
export const mae: Convention = {
  name: 'mae',
  title: teacherFamilies.mae,
  namings: [timmNaming],
  marks: [/^decoder_(embed|pos_embed|blocks)\b/],
  usual: { ...usualOfTimm, of: 'MAE' },
  leftOut: [
    {
      names: /^(decoder_|mask_token$|proj_up_|up_block\.)/,
      note: leftOutNotes.decoder,
    },
  ],
};
