import type { Convention } from './convention.ts';
import { timmNaming, usualOfTimm } from './timm.ts';

/** Masked autoencoders (He et al., arXiv 2111.06377), among them SatMAE where it is a plain one and SatMAE++, with their decoder. */
export const mae: Convention = {
  name: 'mae',
  title: 'a masked autoencoder (MAE)',
  namings: [timmNaming],
  marks: [/^decoder_(embed|pos_embed|blocks)\b/],
  usual: { ...usualOfTimm, of: 'MAE' },
  leftOut: [
    {
      names: /^(decoder_|mask_token$|proj_up_|up_block\.)/,
      sentence: 'The decoder, which drew masked patches in its training, is left out.',
    },
  ],
};
