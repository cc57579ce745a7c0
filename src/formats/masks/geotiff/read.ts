import type { ImageProblem } from '../../labels/labelled-images.ts';
import { UserError } from '../../../core/errors.ts';
import { withImage } from '../../open-images.ts';
import type { MaskSource, SourceRequest } from '../mask-source.ts';
import { findLabelList } from '../paired/find-list.ts';
import { placedMask } from '../paired/mask-tiles.ts';
import { openStoredMask, type StoredMask } from '../paired/stored-mask.ts';
import { surveyMask } from '../paired/survey.ts';
import { valueTable, type ValueTable } from '../paired/values.ts';
import { areOverlapping, placeRaster } from './place.ts';
import { labelRasterText } from '../../../text/index.ts';

/**
 * Opens one label raster for all images on its grid, for instance the labels of a mosaic for its
 * parts. Pixels of an image outside the raster are unknown.
 *
 * @throws UserError 'invalid-labels' if it has no geographic position; as `openStoredMask`, `surveyMask`
 */
export async function openLabelRaster(request: SourceRequest): Promise<MaskSource> {
  const { path, found } = request;
  const stored = await openStoredMask(path);
  try {
    const { header } = stored.file;
    if (header.geo === null) {
      throw new UserError('invalid-labels', labelRasterText.noPosition(path));
    }
    const table = request.table ?? (await tableOf(stored, request));
    const problems: ImageProblem[] = [];
    const claimed = new Set([path]);
    const rasters = found.filter((image) => image.path !== path && /\.tiff?$/i.test(image.name));
    return {
      kind: 'geotiff',
      claimed,
      classes: table.classes,
      table,
      images: rasters.length,
      isComplete: true,
      properties: [],
      property: null,
      problems,
      async maskFor(image) {
        if (!/\.tiff?$/i.test(image.path)) return undefined;
        const place = await withImage(image.path, (file) =>
          Promise.resolve(
            file.header.geo === null
              ? null
              : { header: file.header, offset: placeRaster(file.header, header, path) },
          ),
        );
        if (place === null || !areOverlapping(place.header, header, place.offset)) return undefined;
        const mask = placedMask(stored, image, { frame: 0, offset: place.offset }, table);
        // The raster serves other images too.
        return { ...mask, close: () => Promise.resolve() };
      },
      labelsOf: () => [path],
      close: () => stored.close(),
    };
  } catch (error) {
    await stored.close();
    throw error;
  }
}

/** Returns the meaning of one mask's values. */
export async function tableOf(
  stored: StoredMask,
  { path, folder, at, signal }: SourceRequest,
): Promise<ValueTable> {
  const list = await findLabelList([folder], folder, at);
  at?.(path);
  return valueTable([await surveyMask(stored, signal)], list, path);
}
