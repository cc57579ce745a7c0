import type { Convention } from './convention.ts';
import { deit } from './deit.ts';
import { dino } from './dino.ts';
import { dinov2 } from './dinov2.ts';
import { hfClip, hfSiglip } from './hf-clip.ts';
import { hfDinov2 } from './hf-dinov2.ts';
import { hfDeit, hfMae, hfVit } from './hf-vit.ts';
import { mae } from './mae.ts';
import { openaiClip } from './openai-clip.ts';
import { prithvi } from './prithvi.ts';
import { timmClip } from './timm-clip.ts';
import { timmSiglip } from './timm-siglip.ts';
import { timm } from './timm.ts';
import { torchvision } from './torchvision.ts';

/** Conventions in order: the first that matches is used, so more specific ones come first. */
export const conventions: readonly Convention[] = [
  prithvi,
  mae,
  timmSiglip,
  timmClip,
  deit,
  dinov2,
  dino,
  timm,
  hfMae,
  hfDeit,
  hfDinov2,
  hfVit,
  hfClip,
  hfSiglip,
  openaiClip,
  torchvision,
];
