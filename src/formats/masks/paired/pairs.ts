import type { FoundImage, ImageProblem } from '../../labelled-images.ts';
import { maskPlaces, separateMasks } from '../../mask-folders.ts';

/** Images and the masks that belong to them, by the names of folders and files. */
export interface MaskPairs {
  /** By the image's path. */
  readonly byImage: ReadonlyMap<string, FoundImage>;
  /** In the order of their names, each once. */
  readonly masks: readonly FoundImage[];
  readonly problems: readonly ImageProblem[];
}

/** What tools put behind the name of an image to name its mask. */
const maskSuffix = /[_-](?:mask|masks|label|labels|labelids|gt|seg|segmentation)$/i;
/** nnU-Net numbers the channels of a case: CASE_0000. */
const channelSuffix = /_\d{4}$/;
const extension = /(?:\.nii\.gz|\.[^.]*)$/i;

/** Pairs masks with images: `images/a/x.jpg` with `masks/a/x.png`, `imagesTr/x_0000.nii.gz` with `labelsTr/x.nii.gz`. */
export function pairMasks(found: readonly FoundImage[]): MaskPairs {
  const { images, masks } = separateMasks(found);
  const exact = new Map<string, FoundImage[]>();
  const suffixed = new Map<string, FoundImage[]>();
  for (const mask of masks) {
    for (const { parent, rest } of maskPlaces(mask.name)) {
      const stem = stemOf(rest);
      put(exact, parent + stem, mask);
      if (maskSuffix.test(stem)) put(suffixed, parent + stem.replace(maskSuffix, ''), mask);
    }
  }
  const byImage = new Map<string, FoundImage>();
  const used = new Set<FoundImage>();
  const problems: ImageProblem[] = [];
  for (const image of images) {
    const candidates = candidatesOf(image, exact, suffixed);
    const [mask, second] = candidates;
    if (mask === undefined) continue;
    for (const candidate of candidates) used.add(candidate);
    if (second === undefined) {
      byImage.set(image.path, mask);
    } else {
      const names = candidates.map(({ name }) => name).join(' and ');
      problems.push({
        path: image.path,
        reason: `it has more than one mask (${names}); none was taken. Keep one of them`,
      });
    }
  }
  const lonely = masks.filter((mask) => !used.has(mask) && maskPlaces(mask.name).length > 0);
  for (const { path } of lonely) {
    problems.push({ path, reason: 'there is no image of that name beside this mask' });
  }
  const paired = new Set(byImage.values());
  return { byImage, masks: masks.filter((mask) => paired.has(mask)), problems };
}

/** The first kind of name that fits, and all masks of it. */
function candidatesOf(
  image: FoundImage,
  exact: ReadonlyMap<string, FoundImage[]>,
  suffixed: ReadonlyMap<string, FoundImage[]>,
): readonly FoundImage[] {
  for (const { parent, rest } of maskPlaces(image.name, 'images')) {
    const key = parent + stemOf(rest);
    const found = exact.get(key) ?? suffixed.get(key) ?? exact.get(key.replace(channelSuffix, ''));
    if (found !== undefined) return [...new Set(found)];
  }
  return [];
}

function stemOf(name: string): string {
  return name.replace(extension, '').normalize('NFC');
}

function put(map: Map<string, FoundImage[]>, key: string, mask: FoundImage): void {
  const there = map.get(key);
  if (there) there.push(mask);
  else map.set(key, [mask]);
}
