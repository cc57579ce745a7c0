import { heldOutShare, holdOutShare } from '../../../core/dataset/hold-out.ts';
import { Random } from '../../../core/random.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { FoundImage } from '../../../formats/labels/labelled-images.ts';
import type { ViewSource } from '../../images/view-source.ts';

/** A training image, with the properties that decide whether it is reserved. */
export interface AsideCandidate {
  readonly image: FoundImage;
  readonly labels: readonly string[];
  /** True if the head or the decoder is trained on it. */
  readonly isLabelled: boolean;
  /** Group, such as a patient or scene. */
  readonly group: string | undefined;
}

/** Split of the training images, by index. */
export interface SetAside {
  /** Images for fitting and training. */
  readonly seen: readonly number[];
  /** Images for comparing states of the student; empty if there are too few images to spare any. */
  readonly aside: readonly number[];
}

/** Number of images below which all are needed for training. */
const fewest = 20;
/** Most reserved images; more would cost time without adding information. */
const most = 100;

/**
 * Reserves a seeded fifth of the labelled training images, whole groups at a time, or a fifth of all if fewer than
 * twenty are labelled. Features of images that the student was fitted to are nearer to the teacher's than those of new
 * images, so a comparison on those would favour any fit.
 */
export function setAside(images: readonly AsideCandidate[], seed: number): SetAside {
  const everyIndex = [...images.keys()];
  const none: SetAside = { seen: everyIndex, aside: [] };
  if (images.length < fewest) return none;
  const labelled = images.filter(({ isLabelled }) => isLabelled).length;
  const usable = images.map((one, index) => ({
    index,
    labels: one.labels,
    group: one.group,
    isLabelled: labelled < fewest || one.isLabelled,
  }));
  const { rest, tested } = holdOutShare(usable, seed);
  // Images of the same patients or scenes are in neither set.
  const shuffled = new Random(seed, 0xa51de).shuffled(tested.map(({ index }) => index));
  const aside = shuffled.slice(0, most).sort((a, b) => a - b);
  const left = shuffled.slice(most);
  const groups = new Set(aside.flatMap((index) => images[index]?.group ?? []));
  const isFree = (index: number): boolean => !groups.has(images[index]?.group ?? '');
  const seen = [...rest.map(({ index }) => index), ...left.filter(isFree)].sort((a, b) => a - b);
  // If a group holds most of the images, reserving it would leave too little for training.
  return aside.length > 0 && seen.length >= (1 - 2 * heldOutShare) * images.length
    ? { seen, aside }
    : none;
}

/** Views of some of a source's images, renumbered in order. */
export function viewsOf(source: ViewSource, images: readonly number[]): ViewSource {
  const at = (image: number): number => {
    const index = images[image];
    if (index === undefined) throw new Error(`there is no image ${image}`);
    return index;
  };
  return {
    count: images.length,
    recipe: source.recipe,
    draw: (image, view) => source.draw(at(image), view),
    expect: (views) => {
      source.expect?.(views.map(({ image, view }) => ({ image: at(image), view })));
    },
  };
}

/** Candidates without class labels, for segmentation: images with a mask count as labelled. */
export function segmentationCandidates(
  images: readonly FoundImage[],
  masked: readonly { readonly image: FoundImage & { readonly group: string | undefined } }[],
): AsideCandidate[] {
  const groups = new Map(masked.map(({ image }) => [placeName(image), image.group]));
  return images.map((image) => ({
    image,
    labels: [],
    isLabelled: groups.has(placeName(image)),
    group: groups.get(placeName(image)),
  }));
}
