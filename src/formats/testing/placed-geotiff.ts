import type { Size } from '../../core/mask/tiles.ts';
import type { GeoReference } from '../raster/image-file.ts';
import { doubles, short, tiffBytes } from './tiff-fixtures.ts';

export interface GeotiffPlacement {
  /** EPSG's: 4326 or a projected one in metres. */
  readonly code: number;
  readonly transform: GeoReference['transform'];
}

/** A blank raster with a georeference, by a matrix. */
export function placedGeotiff(
  { width, height }: Size,
  { code, transform }: GeotiffPlacement,
): Buffer {
  const [a, b, c, d, e, f] = transform;
  const kind = code === 4326 ? [1024, 0, 1, 2] : [1024, 0, 1, 1];
  const system = [code === 4326 ? 2048 : 3072, 0, 1, code];
  const fields = [
    doubles(34264, a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1),
    short(34735, 1, 1, 0, 3, ...kind, 1025, 0, 1, 1, ...system),
  ];
  return tiffBytes([{ width, height, values: new Array<number>(width * height).fill(1), fields }]);
}
