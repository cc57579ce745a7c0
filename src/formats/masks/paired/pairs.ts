import { basename } from 'node:path/posix';
import { placeName, type FoundImage, type ImageProblem } from '../../labelled-images.ts';
import { maskPlaces, maskProblems, separateMasks, type PlaceInKind } from '../../mask-folders.ts';

/** Images and the masks that belong to them, by the names of folders and files. */
export interface MaskPairs {
  /** By the image's path. */
  readonly byImage: ReadonlyMap<string, FoundImage>;
  /** Masks of single slices, by `placeName`. */
  readonly bySlice: ReadonlyMap<string, FoundImage>;
  /** In the order of their names, each once. */
  readonly masks: readonly FoundImage[];
  readonly problems: readonly ImageProblem[];
}

/** What tools put behind the name of an image to name its mask. */
const maskSuffix = /[_-](?:mask|masks|label|labels|labelids|gt|seg|segmentation)$/i;
/** nnU-Net numbers the channels of a case: CASE_0000. */
const channelSuffix = /_\d{4}$/;
const extension = /(?:\.nii\.gz|\.[^.]*)$/i;

/** A mask of one slice has the number of the slice, from 1, behind the name of the image's file. */
const sliceSuffix = /^(.+)#(\d{1,9})$/;

/**
 * Pairs masks with images: `images/a/x.jpg` with `masks/a/x.png`, `imagesTr/x_0000.nii.gz` with
 * `labelsTr/x.nii.gz`, slices of `images/x.tif` with `masks/x.tif#1.png`, `masks/x.tif#2.png`. Masks that
 * were exported and put beside images without a folder of their own belong to those: `x.jpg`, `masks/x.png`.
 * A mask that is called after all of an image's name, `masks/x.jpg.png`, is that one's alone. Where a mask
 * fits several images, but for the channels of a case, none gets it.
 */
export function pairMasks(found: readonly FoundImage[]): MaskPairs {
  const { images, masks } = separateMasks(found);
  const pairing = new Pairing(masks);
  const rest = images.filter((image) => !pairing.pair(image, maskPlaces(image.name, 'images')));
  if (masks.some(({ labelFolder }) => labelFolder !== undefined)) {
    const taken = pairing.used;
    for (const image of rest) pairing.pair(image, placesBeside(image.name), taken);
  }
  return pairing.end();
}

class Pairing {
  readonly #masks: readonly FoundImage[];
  readonly #names: MaskNames;
  readonly #byImage = new Map<string, FoundImage>();
  readonly #bySlice = new Map<string, FoundImage>();
  readonly #used = new Set<FoundImage>();
  readonly #problems: ImageProblem[] = [];
  /** By the mask; of channels as many as there are. */
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
   * Whether the image has masks of its own, clear or not.
   *
   * @param taken masks that are others' already
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

  end(): MaskPairs {
    this.#refuseShared();
    const byImage = this.#byImage;
    const bySlice = this.#bySlice;
    const problems = this.#problems;
    const lonely = this.#masks.filter((mask) => !this.#used.has(mask));
    const exported = lonely.filter(({ labelFolder }) => labelFolder !== undefined);
    const folders = [...new Set(exported.flatMap(({ labelFolder }) => labelFolder ?? []))];
    for (const problem of maskProblems({ masks: exported, folders })) problems.push(problem);
    for (const { path, name, labelFolder } of lonely) {
      if (labelFolder !== undefined || maskPlaces(name).length === 0) continue;
      problems.push({
        path,
        reason: 'no image has the name of this mask, or the one that has it has another mask',
      });
    }
    const paired = new Set([...byImage.values(), ...bySlice.values()]);
    return { byImage, bySlice, masks: this.#masks.filter((mask) => paired.has(mask)), problems };
  }

  #refuse({ path }: Pick<FoundImage, 'path'>, masks: readonly FoundImage[]): void {
    const all = masks.map(({ name }) => name).join(' and ');
    this.#problems.push({
      path,
      reason: `it has more than one mask (${all}); none was taken. Keep one of them`,
    });
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
          reason: `it is not clear whether the mask ${mask.name} is of this image or of ${others.join(', ')}; none was taken. Call the mask ${basename(name)}.png if it is`,
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
  /** Of slices, by the name of the file that they are of. */
  readonly slices: Map<string, FoundImage[]>;
}

function namesOf(masks: readonly FoundImage[]): MaskNames {
  const names: MaskNames = {
    ...{ same: new Map(), exact: new Map(), suffixed: new Map(), slices: new Map() },
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

/** Where images lie that have no folder of their own beside an exported one of masks. */
const besideIt = (parent: string): string => `exported: ${parent}`;

function placesOf({ name, labelFolder }: FoundImage): PlaceInKind[] {
  const places = maskPlaces(name);
  if (labelFolder === undefined) return places;
  return [...places, ...places.map(({ parent, rest }) => ({ parent: besideIt(parent), rest }))];
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
  /** By the number of the slice, from 0. */
  readonly slices: ReadonlyMap<number, FoundImage[]>;
  readonly isChannel: boolean;
}

/** In the first place where there are any: the first kind of name that fits, and all masks of it. */
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
