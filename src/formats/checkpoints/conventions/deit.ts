import type { Convention } from './convention.ts';
import { timmNaming, usualOfTimm } from './timm.ts';
import { teacherFamilies } from '../../../text/index.ts';

/**
 * DeiT with a distillation token (Touvron et al., arXiv 2012.12877); without one it is read like any other model in
 * timm's naming.
 */
export const deit: Convention = {
  name: 'deit',
  title: teacherFamilies.deit,
  namings: [timmNaming],
  marks: [/^dist_token$/],
  usual: { ...usualOfTimm, of: 'DeiT' },
  leftOut: [{ names: /^head(_dist)?\./ }],
};
