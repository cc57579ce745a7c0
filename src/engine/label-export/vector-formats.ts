import { ignoreValue } from '../../core/mask/tiles.ts';
import { withImage } from '../../formats/open-images.ts';
import type { ImageHeader } from '../../formats/raster/image-file.ts';
import type { VectorOutcome } from '../../formats/vector/mask-polygons.ts';
import { placeOf, type MaskPlace } from '../../formats/vector/place.ts';
import { geojsonOfMask, projectionTo } from '../../formats/vector/write-geojson.ts';
import { makeGeoPackage } from '../../formats/vector/write-geopackage.ts';
import { exportNoteText } from '../../text/index.ts';
import { forEachFile, fromSource, type ExportContext } from './export-context.ts';
import { yieldOrCancel, requireSize, cancellable } from './file-masks.ts';
import type { ExportedMask } from './masked-images.ts';

/** Exports polygons in longitude and latitude, one file per image: `masks/x.geojson`. */
export async function exportGeojson(context: ExportContext): Promise<void> {
  const { folder, names, signal } = context;
  await exportPolygons(context, async ({ image, mask }, place, done) => {
    const parts = geojsonOfMask(mask, place, { signal, done });
    await folder.write(names.maskFor(image, '.geojson'), cancellable(parts, context));
  });
}

/** Exports polygons in the images' own coordinates, one file per image: `masks/x.gpkg`. */
export async function exportGeopackage(context: ExportContext): Promise<void> {
  const { folder, names, signal } = context;
  await exportPolygons(context, ({ image, mask }, place, done) =>
    folder.make(names.maskFor(image, '.gpkg'), (path) =>
      makeGeoPackage(path, mask, place, { signal, done }),
    ),
  );
}

type WriteOne = (
  masked: ExportedMask,
  place: MaskPlace,
  done: (outcome: VectorOutcome) => void,
) => Promise<void>;

async function exportPolygons(context: ExportContext, write: WriteOne): Promise<void> {
  const { outcome, names } = context;
  await forEachFile(context, async (path, images) => {
    const header = await fromSource(headerOf(path));
    for (const masked of images) {
      requireSize(masked.image, header);
      const name = names.nameOf(masked.image);
      await write(masked, placeOf(header), ({ notes }) => {
        for (const note of notes) outcome.note(note, name);
      });
      if (masked.hasIgnored()) outcome.note(exportNoteText.vectorUnknown(ignoreValue), name);
      outcome.wrote(1);
      await yieldOrCancel(context);
    }
  });
}

function headerOf(path: string): Promise<ImageHeader> {
  return withImage(path, ({ header }) => Promise.resolve(header));
}

/** @throws UserError 'unsupported' if the image's coordinate system is not supported */
export async function readGeojsonSource(path: string): Promise<ImageHeader> {
  const header = await headerOf(path);
  if (header.geo?.crs != null) projectionTo(header.geo.crs);
  return header;
}
