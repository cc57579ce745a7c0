import { ignoreValue } from '../../core/mask/tiles.ts';
import { withImage } from '../../formats/open-images.ts';
import type { ImageHeader } from '../../formats/raster/image-file.ts';
import type { VectorOutcome } from '../../formats/vector/mask-polygons.ts';
import { placeOf, type MaskPlace } from '../../formats/vector/place.ts';
import { geojsonOfMask, projectionTo } from '../../formats/vector/write-geojson.ts';
import { makeGeoPackage } from '../../formats/vector/write-geopackage.ts';
import { forEachFile, fromSource, type ExportContext } from './export-context.ts';
import { goOn, requireSize, stoppable } from './file-masks.ts';
import type { MaskedImage } from './masked-images.ts';

/** Polygons in longitude and latitude, a file for each image: `masks/x.geojson`. */
export async function exportGeojson(context: ExportContext): Promise<void> {
  const { folder, names, signal } = context;
  await exportPolygons(context, async ({ image, mask }, place, done) => {
    const parts = geojsonOfMask(mask, place, { signal, done });
    await folder.write(names.maskFor(image, '.geojson'), stoppable(parts, context));
  });
}

/** Polygons in the images' own coordinates, a file for each: `masks/x.gpkg`. */
export async function exportGeopackage(context: ExportContext): Promise<void> {
  const { folder, names, signal } = context;
  await exportPolygons(context, ({ image, mask }, place, done) =>
    folder.make(names.maskFor(image, '.gpkg'), (path) =>
      makeGeoPackage(path, mask, place, { signal, done }),
    ),
  );
}

type WriteOne = (
  masked: MaskedImage,
  place: MaskPlace,
  done: (outcome: VectorOutcome) => void,
) => Promise<void>;

async function exportPolygons(context: ExportContext, write: WriteOne): Promise<void> {
  const { outcome } = context;
  await forEachFile(context, async (path, images) => {
    const header = await fromSource(headerOf(path));
    for (const masked of images) {
      requireSize(masked.image, header);
      await write(masked, placeOf(header), ({ notes }) => {
        for (const note of notes) outcome.note(note);
      });
      if (masked.hasIgnored()) outcome.note(withoutIgnored);
      outcome.wrote(1);
      await goOn(context);
    }
  });
}

const withoutIgnored = `What is marked as not known (${ignoreValue}) has no polygon and looks like background. PNG, GeoTIFF and COCO keep it.`;

function headerOf(path: string): Promise<ImageHeader> {
  return withImage(path, ({ header }) => Promise.resolve(header));
}

/** @throws UserError 'unsupported' where the image's coordinates are not known */
export async function readGeojsonSource(path: string): Promise<ImageHeader> {
  const header = await headerOf(path);
  if (header.geo?.crs != null) projectionTo(header.geo.crs);
  return header;
}
