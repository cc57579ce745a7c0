import { coloursByName } from '../../../../core/image/colour-names.ts';
import { tiffNotes } from '../../../../text/index.ts';
import type { Display, SampleType } from '../../image-file.ts';
import type { Directory, TiffFile } from '../directory.ts';
import { tags } from '../tags.ts';
import { xmlElements } from './xml.ts';

/** GDAL's private fields: the nodata value, and metadata in XML. */

const textLimit = 2 ** 20;

const ranges: Readonly<Record<SampleType, readonly [number, number]>> = {
  uint8: [0, 255],
  int8: [-128, 127],
  uint16: [0, 65_535],
  int16: [-32_768, 32_767],
  uint32: [0, 4_294_967_295],
  int32: [-2_147_483_648, 2_147_483_647],
  float32: [-Infinity, Infinity],
  float64: [-Infinity, Infinity],
};

/**
 * The nodata value as it is stored: rounded to the type, null if the type cannot represent it.
 *
 * @throws UserError 'invalid-file', 'disk'
 */
export async function readNodata(
  file: TiffFile,
  directory: Directory,
  type: SampleType,
): Promise<number | null> {
  const text = (await file.text(directory, tags.gdalNodata, 256)).trim();
  return nodataOf(text, type);
}

export function nodataOf(text: string, type: SampleType): number | null {
  const isFloat = type === 'float32' || type === 'float64';
  if (/^[-+]?nan/i.test(text)) return isFloat ? NaN : null;
  const infinity = /^([-+]?)inf/i.exec(text);
  if (infinity !== null) return isFloat ? Number(`${infinity[1] ?? ''}Infinity`) : null;
  const value = text === '' ? NaN : Number(text);
  const [low, high] = ranges[type];
  if (Number.isNaN(value) || value < low || value > high) return null;
  if (type === 'float64') return Number.isFinite(value) ? value : null;
  if (type !== 'float32') return Number.isInteger(value) ? value : null;
  const rounded = Math.fround(value);
  return Number.isFinite(rounded) ? rounded : null;
}

export interface GdalMetadata {
  readonly rescale: Display['rescale'];
  /** The first three bands are named red, green and blue. */
  readonly isRgb: boolean;
  /** Bands that are named red, green and blue, wherever they are: from 0. */
  readonly colours?: readonly number[] | undefined;
  /** Names of the bands; empty for those without a name. */
  readonly names: readonly string[];
  readonly notes: readonly string[];
}

/** @throws UserError 'invalid-file', 'disk' */
export async function readGdalMetadata(
  file: TiffFile,
  directory: Directory,
  bands: number,
): Promise<GdalMetadata> {
  return gdalMetadataOf(await file.text(directory, tags.gdalMetadata, textLimit), bands);
}

export function gdalMetadataOf(xml: string, bands: number): GdalMetadata {
  const items = itemsOf(xml);
  const each = (role: string, otherwise: string): string[] =>
    Array.from({ length: bands }, (_, band) => items.get(`${role} ${band}`) ?? otherwise);
  const slopes = each('scale', '1').map(Number);
  const intercepts = each('offset', '0').map(Number);
  const [slope = 1] = slopes;
  const [intercept = 0] = intercepts;
  const isRgb = ['Red', 'Green', 'Blue'].every(
    (name, band) => items.get(`colorinterp ${band}`) === name,
  );
  const names = each('description', '');
  const colours = coloursByName(each('colorinterp', '')) ?? coloursByName(names);
  const named = { isRgb, names, colours: colours?.map((band) => band - 1) };
  const isCommon =
    slopes.every((other) => other === slope) && intercepts.every((other) => other === intercept);
  if (!isCommon) {
    return { rescale: null, ...named, notes: [tiffNotes.ownScales] };
  }
  const isPlain = slope === 1 && intercept === 0;
  const isProper = Number.isFinite(slope) && Number.isFinite(intercept) && slope !== 0;
  return { rescale: isPlain || !isProper ? null : { slope, intercept }, ...named, notes: [] };
}

/** Characters that XML escapes. */
const escapes: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
  '&quot;': '"',
  '&apos;': "'",
};

function unescaped(text: string): string {
  return text.replaceAll(/&(?:lt|gt|amp|quot|apos);/g, (escape) => escapes[escape] ?? escape);
}

/** Texts of the items by role and band, such as `scale 0`. */
function itemsOf(xml: string): ReadonlyMap<string, string> {
  const items = new Map<string, string>();
  for (const { attributes, text } of xmlElements(xml, 'Item')) {
    const sample = attributes.get('sample');
    const role = attributes.get('role');
    if (sample !== undefined && role !== undefined)
      items.set(`${role} ${sample}`, unescaped(text.trim()));
  }
  return items;
}
