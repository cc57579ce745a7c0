import { basename } from 'node:path/posix';
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

/**
 * Pairs masks with images: `images/a/x.jpg` with `masks/a/x.png`, `imagesTr/x_0000.nii.gz` with
 * `labelsTr/x.nii.gz`. A mask that is called after all of an image's name, `masks/x.jpg.png`, is that
 * one's alone. Where a mask fits several images, but for the channels of a case, none gets it.
 */
export function pairMasks(found: readonly FoundImage[]): MaskPairs {
  const { images, masks } = separateMasks(found);
  const names: MaskNames = { same: new Map(), exact: new Map(), suffixed: new Map() };
  for (const mask of masks) {
    for (const { parent, rest } of maskPlaces(mask.name)) {
      const stem = stemOf(rest);
      put(names.same, parent + rest.normalize('NFC'), mask);
      put(names.exact, parent + stem, mask);
      if (maskSuffix.test(stem)) put(names.suffixed, parent + stem.replace(maskSuffix, ''), mask);
    }
  }
  const byImage = new Map<string, FoundImage>();
  const used = new Set<FoundImage>();
  const problems: ImageProblem[] = [];
  /** By the mask; of channels as many as there are. */
  const users = new Map<FoundImage, FoundImage[]>();
  for (const image of images) {
    const { masks: candidates, isChannel } = candidatesOf(image, names);
    const [mask, second] = candidates;
    if (mask === undefined) continue;
    for (const candidate of candidates) used.add(candidate);
    if (second === undefined) {
      byImage.set(image.path, mask);
      users.set(mask, [...(users.get(mask) ?? []), ...(isChannel ? [] : [image])]);
    } else {
      const all = candidates.map(({ name }) => name).join(' and ');
      problems.push({
        path: image.path,
        reason: `it has more than one mask (${all}); none was taken. Keep one of them`,
      });
    }
  }
  for (const [mask, several] of users) {
    if (several.length < 2) continue;
    for (const { path, name } of several) {
      byImage.delete(path);
      const others = several.filter((one) => one.path !== path).map((one) => one.name);
      problems.push({
        path,
        reason: `it is not clear whether the mask ${mask.name} is of this image or of ${others.join(', ')}; none was taken. Call the mask ${basename(name)}.png if it is`,
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

/** Masks by the names of images that they may belong to. */
interface MaskNames {
  readonly same: Map<string, FoundImage[]>;
  readonly exact: Map<string, FoundImage[]>;
  readonly suffixed: Map<string, FoundImage[]>;
}

/** The first kind of name that fits, and all masks of it. */
function candidatesOf(
  image: FoundImage,
  { same, exact, suffixed }: MaskNames,
): { readonly masks: readonly FoundImage[]; readonly isChannel: boolean } {
  for (const { parent, rest } of maskPlaces(image.name, 'images')) {
    const whole = parent + rest.normalize('NFC');
    const key = parent + stemOf(rest);
    const own = exact.get(whole) ?? same.get(whole) ?? exact.get(key) ?? suffixed.get(key);
    const found = own ?? exact.get(key.replace(channelSuffix, ''));
    if (found !== undefined) return { masks: [...new Set(found)], isChannel: own === undefined };
  }
  return { masks: [], isChannel: false };
}

function stemOf(name: string): string {
  return name.replace(extension, '').normalize('NFC');
}

function put(map: Map<string, FoundImage[]>, key: string, mask: FoundImage): void {
  const there = map.get(key);
  if (there) there.push(mask);
  else map.set(key, [mask]);
}
