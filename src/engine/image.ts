import type { ImageDescription } from '../contract/jobs.ts';
import type { ImageFile } from '../formats/raster/image-file.ts';
import { isNiftiFile } from '../formats/raster/nifti/open-nifti.ts';
import { openImage } from '../formats/raster/open.ts';
import { rasterStatistics } from '../formats/raster/statistics.ts';
import { PhaseProgress, type JobContext } from './job.ts';

/**
 * What an image file says of itself, and what its values are: all of them are read.
 *
 * @throws UserError when the file is refused, or 'cancelled'
 */
export async function inspectImage(path: string, context: JobContext): Promise<ImageDescription> {
  const file = await openImage(path);
  try {
    const { min, max, mean } = await rasterStatistics(watched(file, context), context.signal);
    // After reading: only then does the file know all that is to be noted of it.
    const { header } = file;
    const volume = isNiftiFile(file) ? file.volume : undefined;
    return {
      format: header.format,
      width: header.width,
      height: header.height,
      bands: header.bands,
      frames: header.frames,
      dtype: header.sampleType,
      min: known(min),
      max: known(max),
      mean: known(mean),
      crs: header.geo?.crs ?? null,
      transform: header.geo === null ? null : [...header.geo.transform],
      nodata: header.nodata,
      spacing: header.spacing,
      levels: [...header.levels],
      interpretation: header.interpretation,
      rescale: header.display.rescale,
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

/** JSON has no NaN, which stands for statistics of no value. */
function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}

/** The same file, telling how many of its pixels have been read. */
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
      const pixels = await file.read(request);
      // Whoever reads band by band passes each pixel several times.
      done += (pixels.width * pixels.height * pixels.bands) / bands;
      progress.advance(Math.min(total, Math.round(done)));
      return pixels;
    },
    close: () => file.close(),
  };
}
