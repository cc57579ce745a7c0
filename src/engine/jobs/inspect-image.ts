import type { ImageDescription } from '../../contract/image-description.ts';
import { whileReading } from '../../core/activity.ts';
import { bandsOf, plainPreparation } from '../../core/image/preparation.ts';
import type { ImageFile, ImageHeader } from '../../formats/raster/image-file.ts';
import { isNiftiFile } from '../../formats/raster/nifti/open-nifti.ts';
import { openImage } from '../../formats/raster/open.ts';
import { rasterStatistics, type RasterStatistics } from '../../formats/raster/statistics.ts';
import { PhaseProgress, type JobContext } from '../job.ts';

/**
 * Describes an image file by its header and by statistics over all its values.
 *
 * @throws UserError if the file is refused, or 'cancelled'
 */
export async function inspectImage(path: string, context: JobContext): Promise<ImageDescription> {
  return whileReading(path, () => inspect(path, context));
}

async function inspect(path: string, context: JobContext): Promise<ImageDescription> {
  const file = await openImage(path);
  try {
    const stored = await rasterStatistics(watched(file, context), context.signal);
    // After reading: only then are all notes on the file known.
    const { header } = file;
    const volume = isNiftiFile(file) ? file.volume : undefined;
    const { rescale } = header.display;
    const rescaled = rescale === null ? null : finite(rescaledBy(rescale, stored));
    const isScaled = header.format === 'nifti' && rescaled !== null;
    return {
      format: header.format,
      width: header.width,
      height: header.height,
      bands: header.bands,
      bandNames: Array.from({ length: header.bands }, (_, band) => nameOf(header, band)),
      alpha: header.alpha === null ? null : header.alpha + 1,
      frames: header.frames,
      dtype: header.sampleType,
      ...(isScaled ? rescaled : finite(stored)),
      infinite: stored.infinite,
      crs: header.geo?.crs ?? null,
      transform: header.geo === null ? null : [...header.geo.transform],
      nodata: header.nodata === null ? null : written(header.nodata),
      spacing: header.spacing,
      levels: [...header.levels],
      interpretation: header.interpretation,
      seen: bandsOf(plainPreparation, header).map((band) => band + 1),
      rescale,
      rescaled: isScaled ? null : rescaled,
      windows: [...header.display.windows],
      orientation: volume?.orientation ?? null,
      shape: volume === undefined ? null : [...volume.shape],
      zooms: volume === undefined ? null : [...volume.zooms],
      notes: [...header.notes],
    };
  } finally {
    await file.close();
  }
}

function nameOf({ bandNames = [] }: ImageHeader, band: number): string | null {
  const name = bandNames[band] ?? '';
  return name === '' ? null : name;
}

type Figures = NonNullable<ImageDescription['rescaled']>;
type FiniteOrNot = Pick<RasterStatistics, 'min' | 'max' | 'mean'>;

function written(nodata: number): ImageDescription['nodata'] {
  if (Number.isNaN(nodata)) return 'NaN';
  if (Number.isFinite(nodata)) return nodata;
  return nodata > 0 ? 'Infinity' : '-Infinity';
}

/**
 * JSON has neither NaN, which marks statistics without values, nor infinity, which rescaling may produce.
 */
function finite({ min, max, mean }: FiniteOrNot): Figures {
  const known = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return { min: known(min), max: known(max), mean: known(mean) };
}

/**
 * Statistics of the rescaled values without reading them again: a linear map keeps mean and extremes.
 */
function rescaledBy(
  { slope, intercept }: NonNullable<ImageDescription['rescale']>,
  { min, max, mean }: FiniteOrNot,
): FiniteOrNot {
  const ends = [slope * min + intercept, slope * max + intercept];
  return { min: Math.min(...ends), max: Math.max(...ends), mean: slope * mean + intercept };
}

/** Returns an image file of stored values that reports how many pixels have been read. */
function watched(file: ImageFile, context: JobContext): ImageFile {
  const { width, height, frames, bands } = file.header;
  const total = width * height * frames;
  const progress = new PhaseProgress(context, 'pixels', total);
  let done = 0;
  return {
    path: file.path,
    get header() {
      return file.header;
    },
    read: async (request) => {
      const pixels = await file.read({ ...request, colours: 'stored' });
      // Reading band by band passes each pixel several times.
      done += (pixels.width * pixels.height * pixels.bands) / bands;
      progress.advance(Math.min(total, Math.round(done)));
      return pixels;
    },
    close: () => file.close(),
  };
}
