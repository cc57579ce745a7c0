import { tiffNotes } from '../../../../text/index.ts';
import type { PixelSpacing } from '../../image-file.ts';
import type { Directory, TiffFile } from '../directory.ts';
import { tags } from '../tags.ts';
import { xmlElements } from './xml.ts';

/** Size of a pixel, with notes for the user. */
export interface Resolution {
  readonly spacing: PixelSpacing | null;
  readonly notes: readonly string[];
}

const none: Resolution = { spacing: null, notes: [] };
const millimetresPerInch = 25.4;
/** Screen resolutions: written by programs that do not know the specimen's scale. */
const screenResolutions = [72, 96];
/** Printer resolutions: probably only intended for paper. */
const printResolutions = [150, 180, 200, 240, 300, 350, 360, 400, 600, 1200];
/** Smallest and largest plausible pixel, from an electron microscope to an image of a whole field, mm. */
const smallest = 1e-9;
const largest = 1000;

/** Millimetres of the units that microscopes write. */
const units: ReadonlyMap<string, number> = new Map([
  ['nm', 1e-6],
  ['nanometer', 1e-6],
  ['µm', 1e-3],
  ['μm', 1e-3],
  ['um', 1e-3],
  ['micron', 1e-3],
  ['microns', 1e-3],
  ['micrometer', 1e-3],
  ['\\u00b5m', 1e-3],
  ['mm', 1],
  ['millimeter', 1],
  ['cm', 10],
  ['centimeter', 10],
  ['m', 1000],
  ['inch', millimetresPerInch],
]);

/**
 * Returns the size of a pixel: from OME-XML, Aperio's or ImageJ's description, else from the resolution in pixels per
 * centimetre or inch.
 *
 * @param description of the page
 * @throws UserError 'invalid-file', 'disk'
 */
export async function readResolution(
  file: TiffFile,
  directory: Directory,
  description: string,
): Promise<Resolution> {
  const described = omeSpacing(description) ?? aperioSpacing(description);
  if (described !== undefined) return result(described[0], described[1]);
  const x = await file.number(directory, tags.xResolution);
  const y = await file.number(directory, tags.yResolution);
  if (x === undefined || y === undefined || !(x > 0) || !(y > 0)) return none;
  const imageJ = imageJUnit(description);
  if (imageJ !== undefined) return result(imageJ / x, imageJ / y);
  const unit = (await file.number(directory, tags.resolutionUnit)) ?? 2;
  const perUnit = unit === 2 ? millimetresPerInch : unit === 3 ? 10 : undefined;
  // A resolution of one per unit is a default without information.
  if (perUnit === undefined || (x === 1 && y === 1)) return none;
  const perInch = (x * millimetresPerInch) / perUnit;
  if (isNear(perInch, screenResolutions)) return none;
  if (isNear(perInch, printResolutions)) {
    return { spacing: null, notes: [tiffNotes.printResolution(Math.round(perInch))] };
  }
  return result(perUnit / x, perUnit / y);
}

function result(x: number, y: number): Resolution {
  const isPlausible = [x, y].every((size) => size >= smallest && size <= largest);
  return isPlausible && x / y < 10 && y / x < 10
    ? { spacing: { x, y, unit: 'mm' }, notes: [] }
    : none;
}

/** Centimetres round to a few digits, so 28.3 per cm is 72 per inch. */
function isNear(value: number, list: readonly number[]): boolean {
  return list.some((entry) => Math.abs(value - entry) < 0.005 * entry);
}

/** mm of a pixel, from the attributes of the first `Pixels` element (OME-XML 2016-06). */
function omeSpacing(description: string): [number, number] | undefined {
  const [pixels] = xmlElements(description, 'Pixels');
  if (pixels === undefined) return undefined;
  const { attributes } = pixels;
  const size = (axis: 'X' | 'Y'): number => {
    const value = attributes.get(`PhysicalSize${axis}`);
    const unit = attributes.get(`PhysicalSize${axis}Unit`) ?? 'µm';
    return Number(value ?? NaN) * (units.get(unit.replace('&#181;', 'µ')) ?? NaN);
  };
  const sizes: [number, number] = [size('X'), size('Y')];
  return sizes.every((value) => value > 0) ? sizes : undefined;
}

/** Reads micrometres per pixel in the description of a whole slide. */
function aperioSpacing(description: string): [number, number] | undefined {
  if (!description.startsWith('Aperio')) return undefined;
  const micrometres = Number(/\|\s*MPP\s*=\s*([\d.]+)/.exec(description)?.[1] ?? NaN);
  return micrometres > 0 ? [micrometres / 1000, micrometres / 1000] : undefined;
}

/** Returns the millimetres of the unit in which ImageJ measures pixels. */
function imageJUnit(description: string): number | undefined {
  if (!description.startsWith('ImageJ=')) return undefined;
  const unit = /^unit=(.*)$/m.exec(description)?.[1]?.trim() ?? '';
  return units.get(unit) ?? units.get(unit.toLowerCase());
}
