import { UserError } from '../../../../core/errors.ts';
import type { Raster } from '../../../../core/image/raster.ts';
import { ignoreValue, tileExtent, tileSide } from '../../../../core/mask/tiles.ts';
import type { Rectangle, Size, TilePlace } from '../../../../core/mask/tiles.ts';
import { Random } from '../../../../core/random.ts';
import type { ImageProblem } from '../../../../formats/labels/labelled-images.ts';
import type { MaskClass } from '../../../../formats/masks/mask-raster.ts';
import type { PixelSpacing } from '../../../../formats/raster/image-file.ts';
import { PhaseProgress, throwIfCancelled } from '../../../job.ts';
import type { JobContext } from '../../../job.ts';
import { skip } from '../../../images/raster-store.ts';
import type { ImageWithMask, SegmentationDataset } from './dataset.ts';
import type { OpenImages } from '../../../images/open-images.ts';
import { PackedMask } from './packed-mask.ts';
import { segmentationText } from '../../../../text/index.ts';

/** An image with its mask, for training and measuring a decoder. */
export interface MaskedImage extends Size {
  readonly image: ImageWithMask;
  /** Distance between pixels according to the image. */
  readonly spacing: PixelSpacing | null;
  /** Class of each pixel, 0 for background; 255 for unknown. */
  readonly mask: PackedMask;
  /** Number of pixels of each class, (K). */
  readonly counts: readonly number[];
  /** Some pixels of each class, as indices y·width + x. */
  readonly places: readonly (readonly number[])[];
}

/** Most pixels kept per class, as centres of crops. */
const placesKept = 512;

/** A part of an image: its pixel values, and the class of each pixel or 255. */
export interface MaskedRegion {
  readonly pixels: Raster;
  readonly labels: Uint8Array;
}

/** Reads a part of an image; pixels without image data count as unknown. */
export async function readMaskedRegion(
  images: OpenImages,
  { image, mask }: MaskedImage,
  box: Rectangle,
): Promise<MaskedRegion> {
  const { raster, nothing } = await images.use(image, (prepared) => prepared.read(box));
  const labels = mask.read(box);
  nothing?.forEach((isNothing, index) => {
    if (isNothing !== 0) labels[index] = ignoreValue;
  });
  return { pixels: raster, labels };
}

/** Source of masks. */
type MaskedClasses = Pick<SegmentationDataset, 'classes' | 'openMask'>;

interface MaskReading {
  readonly images: OpenImages;
  /** Least side of an image, px. */
  readonly smallest: number;
  readonly seed: number;
  /** Receives images that were left out. */
  readonly problems: ImageProblem[];
}

/**
 * Reads the masks of labelled images. Masks that are unreadable or do not fit are left out and reported.
 *
 * @throws UserError 'cancelled'
 */
export async function openMaskedImages(
  labelled: readonly ImageWithMask[],
  dataset: MaskedClasses,
  { images, smallest, seed, problems }: MaskReading,
  context: JobContext,
): Promise<MaskedImage[]> {
  const progress = new PhaseProgress(context, 'masks', labelled.length);
  const maskedImages: MaskedImage[] = [];
  for (const [index, image] of labelled.entries()) {
    throwIfCancelled(context);
    try {
      const random = new Random(seed, 0x91ace, index);
      maskedImages.push(await openMaskedImage(image, dataset, images, smallest, random));
    } catch (error) {
      problems.push(skip(image, error, context));
    }
    progress.advance(index + 1);
  }
  return maskedImages;
}

async function openMaskedImage(
  image: ImageWithMask,
  dataset: MaskedClasses,
  images: OpenImages,
  smallest: number,
  random: Random,
): Promise<MaskedImage> {
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
    // Pixels outside the stored tiles are background.
    counts[0] = (counts[0] ?? 0) + width * height - known - sampler.unknown;
    return { image, width, height, spacing, mask: packed, counts, places };
  } finally {
    await mask.close();
  }
}

/** Notices on classes that no mask shows: they cannot be learnt or, in tests, only be predicted wrongly. */
const unseenNotes = {
  learnt: segmentationText.unseenInTraining,
  tested: segmentationText.unseenInTest,
};

/** Reports classes that no mask shows. */
export function noteUnseen(
  part: keyof typeof unseenNotes,
  classes: readonly MaskClass[],
  maskedImages: readonly MaskedImage[],
  context: JobContext,
): void {
  const unseen = classes.filter(({ value }) => maskedImages.every(({ counts }) => !counts[value]));
  if (unseen.length === 0) return;
  const names = unseen.map(({ name, value }) => name ?? String(value));
  context.report({ type: 'notice', message: unseenNotes[part](names) });
}

/** @throws UserError 'invalid-file' */
export function requireLargeEnough({ width, height }: Size, smallest: number): void {
  if (width >= smallest && height >= smallest) return;
  throw new UserError('invalid-file', segmentationText.tooSmall({ width, height }, smallest));
}

/** Counts classes, and picks random pixels of each by reservoir sampling (Vitter, 1985, algorithm R). */
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
    // Crops are never centred on background.
    if (value === 0) return;
    if (kept.length < placesKept) kept.push(index);
    else {
      const place = this.#random.integer(count);
      if (place < placesKept) kept[place] = index;
    }
  }
}
