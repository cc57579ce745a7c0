import type { Convention } from './convention.ts';
import { timmNaming, usualOfTimm } from './timm.ts';
import { leftOutNotes, teacherFamilies } from '../../../text/index.ts';

/** Prithvi (Jakubik et al., arXiv 2310.18660): a masked autoencoder for satellite bands and dates, with 3-D patches. */
export const prithvi: Convention = {
  name: 'prithvi',
  title: teacherFamilies.prithvi,
  namings: [timmNaming],
  marks: [],
  patchAxes: 5,
  // Its layer norms have PyTorch's default ε, unlike those of MAE, from which it is derived.
  usual: {
    ...usualOfTimm,
    epsilon: 1e-5,
    of: 'Prithvi',
    normalizationSource: 'guess',
    // Blue, green, red, narrow near infrared, two of short-wave infrared.
    colourBands: { 6: [3, 2, 1] },
  },
  leftOut: [
    {
      names: /(^|\.)(decoder\.|decoder_|mask_token$)/,
      note: leftOutNotes.decoder,
    },
    {
      names: /^(temporal|location)_embed_enc\./,
      note: leftOutNotes.dateAndLocation(['temporal_embed_enc', 'location_embed_enc']),
    },
  ],
};
