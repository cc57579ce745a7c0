import type { FoundImage } from '../../labels/labelled-images.ts';
import { separateMasks } from '../../labels/mask-folders.ts';
import type { MaskSource, SourceRequest } from '../mask-source.ts';
import { openPairs } from '../paired/read.ts';
import { looksLikeMasks, type LookOptions } from './looks.ts';
import { pairsByName } from './names.ts';

/**
 * Finds masks among the images, without a folder of masks, by their names and by the contents of some of them. The
 * match is a guess, so these masks are offered as a source; until the user chooses it, the files count as images.
 *
 * @returns masks by the path of their image. @throws UserError 'cancelled'
 */
export async function findMasksBeside(
  found: readonly FoundImage[],
  options: LookOptions = {},
): Promise<Map<string, FoundImage>> {
  const { images } = separateMasks(found);
  const masks = new Map<string, FoundImage>();
  const taken = new Set<string>();
  for (const group of pairsByName(images)) {
    if (!(await looksLikeMasks(group, options))) continue;
    for (const { image, mask } of group.pairs) {
      if (masks.has(image.path) || taken.has(mask.path)) continue;
      masks.set(image.path, mask);
      taken.add(mask.path);
    }
  }
  for (const path of taken) masks.delete(path);
  return masks;
}

/** Opens the masks among the images. Throws as `openPairedMasks`. */
export async function openMasksBeside(request: SourceRequest): Promise<MaskSource> {
  const byImage = await findMasksBeside(request.found, request);
  const masks = [...new Set(byImage.values())];
  const pairs = { byImage, bySlice: new Map<string, FoundImage>(), masks, problems: [] };
  return { ...(await openPairs(request, pairs)), kind: 'beside' };
}
