import type { Convention } from './convention.ts';
import { timmNaming, usualOfTimm } from './timm.ts';
import { teacherFamilies } from '../../../text/index.ts';

/** DINOv2 (Oquab et al., arXiv 2304.07193), by Meta or timm: layer scale, and a mask token or registers. */
export const dinov2: Convention = {
  name: 'dinov2',
  title: teacherFamilies.dinov2,
  namings: [timmNaming],
  marks: [/^blocks\.0\.ls1\.gamma$/, /^(mask_token|register_tokens|reg_token)$/],
  usual: { ...usualOfTimm, of: 'DINOv2' },
  leftOut: [{ names: /^mask_token$/ }, { names: /(^|\.)(head|dino_head|ibot_head)\./ }],
};
