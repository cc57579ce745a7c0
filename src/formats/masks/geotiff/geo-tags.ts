import type { Size } from '../../../core/mask/tiles.ts';
import { defaultLimits } from '../../raster/image-file.ts';
import { TiffFile, type Directory } from '../../raster/tiff/directory.ts';
import { readPageTree } from '../../raster/tiff/page-tree.ts';
import { tags } from '../../raster/tiff/tags.ts';
import { FileSource } from '../../raster/file-source.ts';
import { TiffSource } from '../../raster/tiff/tiff-source.ts';

/** Field of a TIFF directory that georeferences the raster, unchanged from the source. */
export interface GeoTag {
  readonly tag: number;
  /** 2 text, 3 whole numbers of 16 bits, 12 double precision. */
  readonly type: 2 | 3 | 12;
  /** Numbers of type 3 and 12; for a text its bytes, with the final zero. */
  readonly values: readonly number[];
}

/** RPCCoefficientTag (GeoTIFF extension by DigitalGlobe, 2013): a model of the sensor. */
const rpcCoefficients = 50844;

const copied: readonly (readonly [tag: number, type: GeoTag['type']])[] = [
  [tags.modelPixelScale, 12],
  [tags.modelTiepoint, 12],
  [tags.modelTransformation, 12],
  [tags.geoKeyDirectory, 3],
  [tags.geoDoubles, 12],
  [tags.geoTexts, 2],
  [rpcCoefficients, 12],
];

/** Largest number of values in a list; ground control points take six each. */
const valueLimit = 100_000;

/** Size of a raster, and the fields that georeference it; null if the file has none. */
export interface GeoSource extends Size {
  readonly tags: readonly GeoTag[] | null;
}

/**
 * Reads the fields that georeference a GeoTIFF, so that a raster of the same size can repeat them: to the last digit,
 * and even for coordinate systems without a code.
 *
 * @throws UserError as `openImage` does
 */
export async function readGeoSource(path: string): Promise<GeoSource> {
  const source = new TiffSource(await FileSource.open(path));
  try {
    const file = await TiffFile.read(source);
    const { first } = await readPageTree(file, defaultLimits);
    const found = await Promise.all(
      copied.map(([tag, type]) => readTag(file, first.directory, tag, type)),
    );
    const present = found.filter((tag) => tag !== null);
    const { width, height } = first;
    return { width, height, tags: isPlaced(present) ? present : null };
  } finally {
    await source.close();
  }
}

async function readTag(
  file: TiffFile,
  { fields }: Directory,
  tag: number,
  type: GeoTag['type'],
): Promise<GeoTag | null> {
  const field = fields.get(tag);
  if (field === undefined) return null;
  const values =
    type === 2 ? [...(await file.bytes(field, valueLimit))] : await file.numbers(field, valueLimit);
  return values.length === 0 ? null : { tag, type, values };
}

/**
 * Returns true if the raster is georeferenced: by a scale and a point, a matrix, several points, or a model of the
 * sensor.
 */
function isPlaced(found: readonly GeoTag[]): boolean {
  const count = (tag: number): number => found.find((one) => one.tag === tag)?.values.length ?? 0;
  const points = count(tags.modelTiepoint) / 6;
  return (
    (count(tags.modelPixelScale) >= 2 && points >= 1) ||
    count(tags.modelTransformation) === 16 ||
    points >= 3 ||
    count(rpcCoefficients) > 0
  );
}
