import { readJson } from '../bounded-file.ts';
import type { MaskSource, SourceRequest } from '../mask-source.ts';
import { openPolygons } from '../polygons/read.ts';
import { parseGeoJson } from './parse.ts';

/**
 * Opens polygons of GeoJSON; see `openPolygons`.
 *
 * @throws UserError 'invalid-labels', 'unsupported', 'too-large', as `readJson`
 */
export function openGeoJson(request: SourceRequest): Promise<MaskSource> {
  return openPolygons(request, {
    kind: 'geojson',
    read: async (path) => parseGeoJson(await readJson(path), path),
  });
}
