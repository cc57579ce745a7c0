import { heldOutShare, holdOutShare } from '../../core/dataset/hold-out.ts';
import { Random } from '../../core/random.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { FoundImage } from '../../formats/labelled-images.ts';
import type { ViewSource } from '../view-source.ts';

/** A training image, with what decides whether it is set aside. */
export interface AsideCandidate {
  readonly image: FoundImage;
  readonly labels: readonly string[];
  /** Whether the head or the decoder learns from it. */
  readonly isLabelled: boolean;
  /** Patient, scene or the like. */
  readonly group: string | undefined;
}

/** Training images by what fit and training do with them; indices of the images. */
export interface SetAside {
  /** Seen by fit and training. */
  readonly seen: readonly number[];
  /** Neither: on these, states of the student are compared. Empty where there are too few images to spare any. */
  readonly aside: readonly number[];
}

/** With fewer images, each is needed to learn from. */
const fewest = 20;
/** More images than this tell no more than they cost. */
const most = 100;

/**
 * Sets a seeded fifth of the labelled training images aside, whole groups at a time, or a fifth of all where fewer than
 * twenty are labelled. Features of images that the student was fitted to are nearer to the teacher's than those of new
 * images, so that a comparison on those would praise any fit.
 */
export function setAside(images: readonly AsideCandidate[], seed: number): SetAside {
  const everyIndex = [...images.keys()];
  const none: SetAside = { seen: everyIndex, aside: [] };
  if (images.length < fewest) return none;
  const labelled = images.filter(({ isLabelled }) => isLabelled).length;
  const usable = images.map((one, index) => ({
    ...{ index, labels: one.labels, group: one.group },
    isLabelled: labelled < fewest || one.isLabelled,
  }));
  const { rest, tested } = holdOutShare(usable, seed);
  // Images of the same patients or scenes are seen by neither.
  const shuffled = new Random(seed, 0xa51de).shuffled(tested.map(({ index }) => index));
  const aside = shuffled.slice(0, most).sort((a, b) => a - b);
  const left = shuffled.slice(most);
  const groups = new Set(aside.flatMap((index) => images[index]?.group ?? []));
  const isFree = (index: number): boolean => !groups.has(images[index]?.group ?? '');
  const seen = [...rest.map(({ index }) => index), ...left.filter(isFree)].sort((a, b) => a - b);
  // Where a group is most of the images, setting it aside would leave too little to learn from.
  return aside.length > 0 && seen.length >= (1 - 2 * heldOutShare) * images.length
    ? { seen, aside }
    : none;
}

/** The views of some of a source's images, which are numbered anew in their order. */
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

/** Images without labels of classes, such as those of outlines: labelled ones have a mask. */
export function outlinedCandidates(
  images: readonly FoundImage[],
  masked: readonly { readonly image: FoundImage & { readonly group: string | undefined } }[],
): AsideCandidate[] {
  const groups = new Map(masked.map(({ image }) => [placeName(image), image.group]));
  return images.map((image) => ({
    ...{ image, labels: [], isLabelled: groups.has(placeName(image)) },
    group: groups.get(placeName(image)),
  }));
}
