import { basename } from 'node:path/posix';
import { placeName, type FoundImage, type ImageProblem } from '../../labels/labelled-images.ts';
import {
  maskPlaces,
  maskProblems,
  separateMasks,
  type PlaceInKind,
} from '../../labels/mask-folders.ts';
import { pairedMaskText } from '../../../text/index.ts';

/** Images and the masks that belong to them, by the names of folders and files. */
export interface MaskPairs {
  /** Masks by the image's path. */
  readonly byImage: ReadonlyMap<string, FoundImage>;
  /** Masks of single slices, by `placeName`. */
  readonly bySlice: ReadonlyMap<string, FoundImage>;
  /** Masks in the order of their names, each once. */
  readonly masks: readonly FoundImage[];
  readonly problems: readonly ImageProblem[];
}

/** Pairs, and the masks that are in none. */
export interface Pairing extends MaskPairs {
  /** Problems that leave open which mask belongs to an image. */
  readonly unclear: readonly ImageProblem[];
  /** Masks that have the name of no image. */
  readonly unused: readonly FoundImage[];
}

/** Suffixes that tools put after the name of an image to name its mask. */
const maskSuffix = /[_-](?:mask|masks|label|labels|labelids|gt|seg|segmentation)$/i;
/** nnU-Net numbers the channels of a case: CASE_0000. */
const channelSuffix = /_\d{4}$/;
const extension = /(?:\.nii\.gz|\.[^.]*)$/i;

/** A mask of one slice has the number of the slice, from 1, after the name of the image's file. */
const sliceSuffix = /^(.+)#(\d{1,9})$/;

/**
 * Pairs masks with images: `images/a/x.jpg` with `masks/a/x.png`, `imagesTr/x_0000.nii.gz` with
 * `labelsTr/x.nii.gz`, slices of `images/x.tif` with `masks/x.tif#1.png`, `masks/x.tif#2.png`. Masks that
 * were exported and put next to images without a folder of their own belong to those: `x.jpg`, `masks/x.png`. If an
 * image has no other mask, so do masks in the folder that an export made: `x.jpg`, `labels-png/masks/x.png`.
 * A mask with the whole name of an image, `masks/x.jpg.png`, belongs to that image alone. If a mask
 * matches several images other than the channels of a case, none gets it.
 */
export function pairMasks(found: readonly FoundImage[]): Pairing {
  const { images, masks } = separateMasks(found);
  const pairing = new Pairs(masks);
  const rest = images.filter((image) => !pairing.pair(image, maskPlaces(image.name, 'images')));
  const exported = masks.some(({ labelFolder }) => labelFolder !== undefined);
  if (!exported) return pairing.end();
  const beside = pairing.used;
  const without = rest.filter((image) => !pairing.pair(image, placesBeside(image.name), beside));
  const inside = pairing.used;
  for (const image of without) pairing.pair(image, placesOfExport(image.name), inside);
  return pairing.end();
}

/** Reports masks that have the name of no image: exported ones once per folder. */
function unusedProblems(unused: readonly FoundImage[]): ImageProblem[] {
  const exported = unused.filter(({ labelFolder }) => labelFolder !== undefined);
  const folders = [...new Set(exported.flatMap(({ labelFolder }) => labelFolder ?? []))];
  const others = unused.filter(
    ({ name, labelFolder }) => labelFolder === undefined && maskPlaces(name).length > 0,
  );
  return [
    ...maskProblems({ masks: exported, folders }),
    ...others.map(({ path }) => ({
      path,
      reason: pairedMaskText.noImage,
    })),
  ];
}

class Pairs {
  readonly #masks: readonly FoundImage[];
  readonly #names: MaskNames;
  readonly #byImage = new Map<string, FoundImage>();
  readonly #bySlice = new Map<string, FoundImage>();
  readonly #used = new Set<FoundImage>();
  readonly #problems: ImageProblem[] = [];
  /** Images by mask; a mask of channels has as many as there are. */
  readonly #users = new Map<FoundImage, FoundImage[]>();

  constructor(masks: readonly FoundImage[]) {
    this.#masks = masks;
    this.#names = namesOf(masks);
  }

  /** Masks that some image has so far. */
  get used(): ReadonlySet<FoundImage> {
    return new Set(this.#used);
  }

  /**
   * Pairs an image; true if it has masks of its own, ambiguous or not.
   *
   * @param taken masks that already belong to other images
   */
  pair(
    image: FoundImage,
    places: readonly PlaceInKind[],
    taken: ReadonlySet<FoundImage> = new Set(),
  ): boolean {
    const { masks, slices, isChannel } = candidatesOf(image, places, this.#names, taken);
    const [mask, second] = masks;
    for (const candidate of [...masks, ...slices.values()].flat()) this.#used.add(candidate);
    if (second !== undefined || (mask !== undefined && slices.size > 0)) {
      this.#refuse(image, [...masks, ...[...slices.values()].flat()]);
    } else if (mask !== undefined) {
      this.#byImage.set(image.path, mask);
      const users = this.#users.get(mask) ?? [];
      this.#users.set(mask, isChannel ? users : [...users, image]);
    }
    if (mask !== undefined) return true;
    for (const [frame, several] of slices) {
      const [own, another] = several;
      if (own === undefined) continue;
      const place = placeName({ path: image.path, frame });
      if (another === undefined) this.#bySlice.set(place, own);
      else this.#refuse({ path: place }, several);
    }
    return slices.size > 0;
  }

  end(): Pairing {
    this.#refuseShared();
    const byImage = this.#byImage;
    const bySlice = this.#bySlice;
    const unused = this.#masks.filter((mask) => !this.#used.has(mask));
    const paired = new Set([...byImage.values(), ...bySlice.values()]);
    const masks = this.#masks.filter((mask) => paired.has(mask));
    const unclear = this.#problems;
    const problems = [...unclear, ...unusedProblems(unused)];
    return { byImage, bySlice, masks, unused, unclear, problems };
  }

  #refuse({ path }: Pick<FoundImage, 'path'>, masks: readonly FoundImage[]): void {
    const reason = pairedMaskText.severalMasks(masks.map(({ name }) => name));
    this.#problems.push({ path, reason });
  }

  /** Masks that fit several images. */
  #refuseShared(): void {
    for (const [mask, several] of this.#users) {
      if (several.length < 2) continue;
      for (const { path, name } of several) {
        this.#byImage.delete(path);
        const others = several.filter((one) => one.path !== path).map((one) => one.name);
        this.#problems.push({
          path,
          reason: pairedMaskText.severalImages(mask.name, others, `${basename(name)}.png`),
        });
      }
    }
  }
}

/** Masks by the names of images that they may belong to. */
interface MaskNames {
  readonly same: Map<string, FoundImage[]>;
  readonly exact: Map<string, FoundImage[]>;
  readonly suffixed: Map<string, FoundImage[]>;
  /** Slices, by the name of their file. */
  readonly slices: Map<string, FoundImage[]>;
}

function namesOf(masks: readonly FoundImage[]): MaskNames {
  const names: MaskNames = {
    same: new Map(),
    exact: new Map(),
    suffixed: new Map(),
    slices: new Map(),
  };
  for (const mask of masks) {
    for (const { parent, rest } of placesOf(mask)) {
      const stem = stemOf(rest);
      put(names.same, parent + rest.normalize('NFC'), mask);
      put(names.exact, parent + stem, mask);
      if (maskSuffix.test(stem)) put(names.suffixed, parent + stem.replace(maskSuffix, ''), mask);
      const [, file] = sliceSuffix.exec(stem) ?? [];
      if (file !== undefined) put(names.slices, parent + file, mask);
    }
  }
  return names;
}

/** Place of images without a folder of their own next to an exported one of masks. */
const besideIt = (parent: string): string => `exported: ${parent}`;

/** Place of images whose masks are in a folder that an export made among them. */
const aroundIt = (parent: string): string => `around: ${parent}`;

function placesOf({ name, labelFolder, exportFolder }: FoundImage): PlaceInKind[] {
  const places = maskPlaces(name);
  if (labelFolder === undefined) return places;
  const beside = places.map(({ parent, rest }) => ({ parent: besideIt(parent), rest }));
  if (exportFolder === undefined) return [...places, ...beside];
  const outside = exportFolder.slice(0, exportFolder.lastIndexOf('/', exportFolder.length - 2) + 1);
  const around = places
    .filter(({ parent }) => parent.startsWith(exportFolder))
    .map(({ parent, rest }) => ({
      parent: aroundIt(outside + parent.slice(exportFolder.length)),
      rest,
    }));
  return [...places, ...beside, ...around];
}

/** Returns the places of an image among those of an export. */
function placesOfExport(name: string): PlaceInKind[] {
  const beside = placesBeside(name).map(({ rest }, depth) => ({
    parent: name
      .split('/')
      .slice(0, depth)
      .map((part) => `${part}/`)
      .join(''),
    rest,
  }));
  return [...maskPlaces(name, 'images'), ...beside].map(({ parent, rest }) => ({
    parent: aroundIt(parent),
    rest,
  }));
}

function placesBeside(name: string): PlaceInKind[] {
  const parts = name.split('/');
  return parts.map((_, depth) => {
    const parent = parts.slice(0, depth).map((part) => `${part}/`);
    return { parent: besideIt(parent.join('')), rest: parts.slice(depth).join('/') };
  });
}

interface Candidates {
  readonly masks: readonly FoundImage[];
  /** Masks by the number of the slice, from 0. */
  readonly slices: ReadonlyMap<number, FoundImage[]>;
  readonly isChannel: boolean;
}

/** Returns the masks of the first place that has any: the first kind of name that fits, and all its masks. */
function candidatesOf(
  image: FoundImage,
  places: readonly PlaceInKind[],
  { same, exact, suffixed, slices }: MaskNames,
  taken: ReadonlySet<FoundImage>,
): Candidates {
  const free = (masks: readonly FoundImage[] = []): FoundImage[] =>
    [...new Set(masks)].filter((mask) => !taken.has(mask));
  for (const { parent, rest } of places) {
    const whole = parent + rest.normalize('NFC');
    const key = parent + stemOf(rest);
    const own = exact.get(whole) ?? same.get(whole) ?? exact.get(key) ?? suffixed.get(key);
    const found = free(own ?? exact.get(key.replace(channelSuffix, '')));
    const ofSlices = free(slices.get(whole));
    if (found.length + ofSlices.length === 0) continue;
    return { masks: found, slices: bySlice(ofSlices), isChannel: own === undefined };
  }
  return { masks: [], slices: new Map(), isChannel: false };
}

function bySlice(masks: readonly FoundImage[]): Map<number, FoundImage[]> {
  const slices = new Map<number, FoundImage[]>();
  for (const mask of masks) {
    const number = Number(sliceSuffix.exec(stemOf(mask.name))?.[2]);
    slices.set(number - 1, [...(slices.get(number - 1) ?? []), mask]);
  }
  return slices;
}

function stemOf(name: string): string {
  return name.replace(extension, '').normalize('NFC');
}

function put(map: Map<string, FoundImage[]>, key: string, mask: FoundImage): void {
  const there = map.get(key);
  if (there) there.push(mask);
  else map.set(key, [mask]);
}
