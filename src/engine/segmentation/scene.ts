import { UserError } from '../../core/errors.ts';
import type { Raster } from '../../core/image/raster.ts';
import { ignoreValue, tileExtent, tileSide } from '../../core/mask/tiles.ts';
import type { Rectangle, Size, TilePlace } from '../../core/mask/tiles.ts';
import { Random } from '../../core/random.ts';
import type { ImageProblem } from '../../formats/labelled-images.ts';
import type { MaskClass } from '../../formats/masks/mask-raster.ts';
import type { PixelSpacing } from '../../formats/raster/image-file.ts';
import { PhaseProgress, throwIfCancelled } from '../job.ts';
import type { JobContext } from '../job.ts';
import { skip } from '../raster-store.ts';
import type { OutlinedImage, SegmentationDataset } from './dataset.ts';
import type { OpenImages } from './open-images.ts';
import { PackedMask } from './packed-mask.ts';

/** An image with its mask: what a decoder learns from and is measured on. */
export interface Scene extends Size {
  readonly image: OutlinedImage;
  /** From pixel to pixel, as the image says it. */
  readonly spacing: PixelSpacing | null;
  /** Class of each pixel, 0 the background; 255 where nothing is known. */
  readonly mask: PackedMask;
  /** Pixels of each class, (K). */
  readonly counts: readonly number[];
  /** By class, some of its pixels: indices y·width + x. */
  readonly places: readonly (readonly number[])[];
}

/** Pixels that stand for a class, to cut crops around. */
const placesKept = 512;

/** A part of a scene: its colours, and the class of each pixel or 255. */
export interface SceneRegion {
  readonly pixels: Raster;
  readonly labels: Uint8Array;
}

/** Reads a part of a scene; where its image has nothing, nothing is known. */
export async function readScene(
  images: OpenImages,
  { image, mask }: Scene,
  box: Rectangle,
): Promise<SceneRegion> {
  const { raster, nothing } = await images.use(image, (prepared) => prepared.read(box));
  const labels = mask.read(box);
  nothing?.forEach((isNothing, index) => {
    if (isNothing !== 0) labels[index] = ignoreValue;
  });
  return { pixels: raster, labels };
}

/** What knows the masks of images. */
type MaskedClasses = Pick<SegmentationDataset, 'classes' | 'openMask'>;

/**
 * Reads the masks of labelled images. Those that cannot be read or do not fit are left out and reported.
 *
 * @param smallest side that an image must have, px
 * @param problems what was left out is added here
 * @throws UserError 'cancelled'
 */
export async function openScenes(
  labelled: readonly OutlinedImage[],
  dataset: MaskedClasses,
  images: OpenImages,
  smallest: number,
  seed: number,
  problems: ImageProblem[],
  context: JobContext,
): Promise<Scene[]> {
  const progress = new PhaseProgress(context, 'masks', labelled.length);
  const scenes: Scene[] = [];
  for (const [index, image] of labelled.entries()) {
    throwIfCancelled(context);
    try {
      const random = new Random(seed, 0x91ace, index);
      scenes.push(await openScene(image, dataset, images, smallest, random));
    } catch (error) {
      problems.push(skip(image, error, context));
    }
    progress.advance(index + 1);
  }
  return scenes;
}

async function openScene(
  image: OutlinedImage,
  dataset: MaskedClasses,
  images: OpenImages,
  smallest: number,
  random: Random,
): Promise<Scene> {
  const { width, height, spacing } = await images.use(image, (prepared) =>
    Promise.resolve(prepared),
  );
  requireLargeEnough({ width, height }, smallest);
  const mask = await dataset.openMask({ ...image, width, height });
  try {
    const outputs = dataset.classes.length + 1;
    const sampler = new PlaceSampler({ width, height }, outputs, random);
    const packed = await PackedMask.of(mask, (place, pixels) => {
      sampler.see(place, pixels);
    });
    const { counts, places } = sampler;
    const known = counts.reduce((sum, count) => sum + count, 0);
    // What no tile told of is background.
    counts[0] = (counts[0] ?? 0) + width * height - known - sampler.unknown;
    return { image, width, height, spacing, mask: packed, counts, places };
  } finally {
    await mask.close();
  }
}

/** What is said of classes that none of the masks shows. */
const unseenNotes = {
  // It cannot be learnt; the others can.
  learnt: (names: string) =>
    `No mask to learn from shows ${names}, so the student will not find it.`,
  // It can be found wrongly, and never rightly.
  tested: (names: string) =>
    `No test mask shows ${names}, so how well the student finds it cannot be told.`,
};

/** Tells of classes that none of the masks shows. */
export function noteUnseen(
  part: keyof typeof unseenNotes,
  classes: readonly MaskClass[],
  scenes: readonly Scene[],
  context: JobContext,
): void {
  const unseen = classes.filter(({ value }) => scenes.every(({ counts }) => !counts[value]));
  if (unseen.length === 0) return;
  const names = unseen.map(({ name, value }) => name ?? String(value)).join(', ');
  context.report({ type: 'notice', message: unseenNotes[part](names) });
}

/** @throws UserError 'invalid-file' */
export function requireLargeEnough({ width, height }: Size, smallest: number): void {
  if (width >= smallest && height >= smallest) return;
  throw new UserError(
    'invalid-file',
    `it has ${width} × ${height} pixels, and the teacher's patches alone have ${smallest} × ${smallest}. Images must be at least as large`,
  );
}

/** Counts classes, and chooses some pixels of each by chance: reservoir sampling (Vitter, 1985, algorithm R). */
class PlaceSampler {
  readonly counts: number[];
  readonly places: number[][];
  unknown = 0;
  readonly #size: Size;
  readonly #random: Random;

  constructor(size: Size, outputs: number, random: Random) {
    this.counts = new Array<number>(outputs).fill(0);
    this.places = Array.from({ length: outputs }, () => []);
    this.#size = size;
    this.#random = random;
  }

  see(place: TilePlace, pixels: Uint8Array): void {
    const { width, height } = tileExtent(place, this.#size);
    for (let row = 0; row < height; row++) {
      const first = (place.y * tileSide + row) * this.#size.width + place.x * tileSide;
      for (let column = 0; column < width; column++) {
        this.#add(pixels[row * tileSide + column] ?? 0, first + column);
      }
    }
  }

  #add(value: number, index: number): void {
    const kept = this.places[value];
    if (!kept) {
      this.unknown++;
      return;
    }
    const count = (this.counts[value] = (this.counts[value] ?? 0) + 1);
    // The background is not looked for.
    if (value === 0) return;
    if (kept.length < placesKept) kept.push(index);
    else {
      const place = this.#random.integer(count);
      if (place < placesKept) kept[place] = index;
    }
  }
}
