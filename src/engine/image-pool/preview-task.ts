import type { ImageFacts } from '../../contract/app.ts';
import type { WrittenPreparation } from '../../contract/jobs.ts';
import {
  bandsOf,
  picturePreparation,
  plainPreparation,
  preparationOf,
  prepare,
  rangeOf,
  writeRange,
} from '../../core/image/preparation.ts';
import type { IntensityWindow } from '../../core/image/stored.ts';
import { requireFrame } from '../../formats/images.ts';
import type { ImagePlace } from '../../formats/labels/labelled-images.ts';
import { withImage } from '../../formats/open-images.ts';
import { encodePicture } from '../../formats/pictures.ts';
import type { ImageHeader, Pixels } from '../../formats/raster/image-file.ts';
import { readToPrepare } from '../../formats/raster/prepared.ts';

/** Longest side of a preview, px. */
const previewSide = 512;
/** Most bytes of stored values that a thread keeps between previews. */
const keptBytes = 2 ** 27;

export interface PreviewRequest extends ImagePlace {
  /** SHA-256 of the file's content. */
  readonly sha256: Uint8Array;
  readonly preparation: WrittenPreparation;
}

/** Stored values of one image, ready for any range. */
interface KeptPixels {
  readonly header: ImageHeader;
  readonly pixels: Pixels;
}

/**
 * Stored values by content, slice and bands, least recently used first: a user who chooses tries many ranges on few
 * images.
 */
const kept = new Map<string, KeptPixels>();

/**
 * Returns the pixel properties from the image's header. Readers return no patient data except identities for grouping,
 * and those are left out here.
 */
export async function describeImage({ path }: Pick<ImagePlace, 'path'>): Promise<ImageFacts> {
  return withImage(path, ({ header }) => Promise.resolve(descriptionOf(header)));
}

/** Renders the model's input as WebP; see `picturePreparation`. */
export async function drawPreview(request: PreviewRequest): Promise<Uint8Array> {
  const { path, frame, sha256 } = request;
  const preparation = preparationOf(request.preparation);
  const { header, pixels } = await withImage(path, async (file) => {
    requireFrame(file, frame);
    const content = Buffer.from(sha256).toString('hex');
    const key = [content, frame ?? 0, request.preparation.bands?.join() ?? 'own'].join(' ');
    const read = kept.get(key) ?? {
      header: file.header,
      pixels: await readToPrepare(file, {
        preparation: picturePreparation(preparation, file.header),
        frame,
      }),
    };
    keep(key, read);
    return read;
  });
  return encodePicture(
    prepare(pixels, picturePreparation(preparation, header), header),
    previewSide,
    88,
  );
}

function keep(key: string, read: KeptPixels): void {
  kept.delete(key);
  if (read.pixels.data.byteLength > keptBytes / 2) return;
  kept.set(key, read);
  let bytes = 0;
  for (const { pixels } of kept.values()) bytes += pixels.data.byteLength;
  for (const [oldest, { pixels }] of kept) {
    if (bytes <= keptBytes) break;
    kept.delete(oldest);
    bytes -= pixels.data.byteLength;
  }
}

function descriptionOf(header: ImageHeader): ImageFacts {
  const { format, bands, alpha, frames, sampleType, interpretation, spacing, display } = header;
  return {
    format,
    bands,
    frames,
    sampleType,
    interpretation,
    alpha: alpha === null ? null : alpha + 1,
    spacing: spacing && { x: spacing.x, y: spacing.y, unit: spacing.unit },
    rescale: display.rescale && { ...display.rescale },
    windows: display.windows.filter(isSound).map(({ center, width, name }) => ({
      center,
      width,
      name: name === null ? null : name.slice(0, 64),
    })),
    hasTable: display.voiTable !== null,
    auto: {
      bands: bandsOf(plainPreparation, header).map((band) => band + 1),
      range: writeRange(rangeOf(plainPreparation.range, header)),
    },
  };
}

function isSound({ center, width }: IntensityWindow): boolean {
  return Number.isFinite(center) && Number.isFinite(width);
}
