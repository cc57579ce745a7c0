import { UserError } from '../../../core/errors.ts';
import { placeName, type ImageProblem } from '../../labels/labelled-images.ts';
import { defaultLimits, type ReadRequest } from '../../raster/image-file.ts';
import { openNiftiPlane, type NiftiFile } from '../../raster/nifti/open-nifti.ts';
import type { SlicePlane } from '../../raster/nifti/plane.ts';
import { indexDicomImages } from '../dicom-seg/image-index.ts';
import { tableOf } from '../geotiff/read.ts';
import type { MaskSource, SourceRequest } from '../mask-source.ts';
import { placedMask } from '../paired/mask-tiles.ts';
import { openStoredMask, storedMask, type StoredMask } from '../paired/stored-mask.ts';
import { sliceUnder, type PlacedFrame, type VolumeSlice } from './series-place.ts';
import { labelVolumeText } from '../../../text/index.ts';

/**
 * Opens a NIfTI label map for the DICOM images whose slices it has, matched by their positions in the patient.
 *
 * @throws UserError 'invalid-labels' if it matches none of them, with the reason; as `openStoredMask`
 */
export async function openLabelVolume(request: SourceRequest): Promise<MaskSource> {
  const { path, found } = request;
  const stored = await openStoredMask(path);
  let table = request.table ?? null;
  try {
    table ??= await tableOf(stored, request);
  } finally {
    await stored.close();
  }
  const volume = await LabelVolume.open(path);
  try {
    const index = await indexDicomImages(found, request);
    const slices = new Map<string, { slice: VolumeSlice; frame: PlacedFrame }>();
    const reasons = new Map<string, number>();
    for (const image of found) {
      for (let at = 0; ; at++) {
        const indexed = index.of(image.path, at);
        if (indexed === undefined) break;
        const { plane, rows, columns } = indexed;
        const frame = plane && { plane, rows, columns };
        const slice = frame
          ? sliceUnder(volume.file.volume, frame)
          : labelVolumeText.imagesWithoutPosition;
        if (typeof slice === 'string') reasons.set(slice, (reasons.get(slice) ?? 0) + 1);
        else if (slice && frame)
          slices.set(placeName({ path: image.path, frame: at }), { slice, frame });
      }
    }
    const problems = misfits(path, reasons, slices.size);
    return {
      kind: 'nifti',
      claimed: new Set([path]),
      classes: table.classes,
      table,
      images: new Set([...slices.keys()].map((place) => place.replace(/#\d+$/, ''))).size,
      isComplete: true,
      properties: [],
      property: null,
      problems,
      async maskFor(image) {
        const one = slices.get(placeName({ path: image.path, frame: image.frame ?? 0 }));
        if (one === undefined) return undefined;
        const turned = await volume.slice(one.slice, one.frame);
        return placedMask(turned, image, { frame: 0, offset: { x: 0, y: 0 } }, table);
      },
      labelsOf: () => [path],
      close: () => volume.close(),
    };
  } catch (error) {
    await volume.close();
    throw error;
  }
}

function misfits(
  path: string,
  reasons: ReadonlyMap<string, number>,
  fitting: number,
): ImageProblem[] {
  if (fitting > 0) {
    return [...reasons].map(([reason, count]) => ({
      path,
      reason: labelVolumeText.slicesWithoutMask(count, reason),
    }));
  }
  const [reason = labelVolumeText.noImageThere] = reasons.keys();
  throw new UserError('invalid-labels', labelVolumeText.matchesNoImage(path, reason));
}

/** A label map that can be cut along each of its axes. */
class LabelVolume {
  readonly file: NiftiFile;
  readonly #path: string;
  readonly #cuts = new Map<number, Promise<NiftiFile>>();

  private constructor(path: string, file: NiftiFile) {
    this.#path = path;
    this.file = file;
    this.#cuts.set(file.volume.slice.axis, Promise.resolve(file));
  }

  /** @throws UserError 'invalid-labels' for a file without an affine or with several volumes; as `openNiftiPlane` */
  static async open(path: string): Promise<LabelVolume> {
    const file = await openNiftiPlane(path, defaultLimits, 'axial');
    const { affineSource, timePoints } = file.volume;
    if (affineSource !== 'none' && timePoints === 1) return new LabelVolume(path, file);
    await file.close();
    throw new UserError(
      'invalid-labels',
      timePoints === 1
        ? labelVolumeText.noAffine(path)
        : labelVolumeText.severalVolumes(path, timePoints),
    );
  }

  /** Reads one slice, with the pixels of a frame. */
  async slice({ axis, index, voxel }: VolumeSlice, frame: PlacedFrame): Promise<StoredMask> {
    const { columns: width, rows: height } = frame;
    const cut = await this.#cut(axis);
    const { x, y, slice } = cut.volume;
    const stored = storedMask(cut, null);
    const place = (at: number, length: number, isFlipped: boolean): number =>
      isFlipped ? length - 1 - at : at;
    const whole = await stored.read({ frame: place(index, cut.volume.slices, slice.isFlipped) });
    const turned = new Int32Array(width * height);
    for (let row = 0, to = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const at = voxel(column, row);
        const left = place(at[x.axis], cut.header.width, x.isFlipped);
        const top = place(at[y.axis], cut.header.height, y.isFlipped);
        turned[to++] = whole[top * cut.header.width + left] ?? 0;
      }
    }
    const header = { ...cut.header, width, height, levels: [{ width, height }], frames: 1 };
    return {
      ...stored,
      file: { ...cut, header, read: () => Promise.reject(new Error('read its numbers')) },
      read: ({ region }) => Promise.resolve(cropped(turned, width, region)),
      close: () => Promise.resolve(),
    };
  }

  async close(): Promise<void> {
    const cuts = await Promise.all(this.#cuts.values());
    await Promise.all(cuts.map((cut) => cut.close()));
  }

  #cut(axis: number): Promise<NiftiFile> {
    const known = this.#cuts.get(axis);
    const cut = known ?? this.#openAcross(axis);
    this.#cuts.set(axis, cut);
    return cut;
  }

  async #openAcross(axis: number): Promise<NiftiFile> {
    for (const plane of ['coronal', 'sagittal'] satisfies SlicePlane[]) {
      const file = await openNiftiPlane(this.#path, defaultLimits, plane);
      if (file.volume.slice.axis === axis) return file;
      await file.close();
    }
    throw new Error(`${this.#path} is cut along no axis ${axis}`);
  }
}

function cropped(whole: Int32Array, stride: number, region: ReadRequest['region']): Int32Array {
  if (region === undefined) return whole;
  const { x, y, width, height } = region;
  const part = new Int32Array(width * height);
  for (let row = 0; row < height; row++) {
    const from = (y + row) * stride + x;
    part.set(whole.subarray(from, from + width), row * width);
  }
  return part;
}
