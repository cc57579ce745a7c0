import { dicomNotes, dicomText } from '../../../text/index.ts';
import {
  plainDisplay,
  type Display,
  type IntensityWindow,
  type LookupTable,
} from '../image-file.ts';
import type { DataSet } from './data-set.ts';
import { damaged, DicomFault } from './faults.ts';
import { areSame, frameAttributes, perFrame } from './functional-groups.ts';
import type { ImagePixel } from './image-pixel.ts';
import { lookupTable } from './lookup-tables.ts';
import { readPalette } from './palette.ts';
import { items, number, numbers, readableTexts, firstText } from './values.ts';
import { windowName } from './window-names.ts';

interface Rescale {
  readonly slope: number;
  readonly intercept: number;
}

export interface FrameDisplay {
  readonly display: Display;
  /** Rescaling of each frame if they differ: then `display` has none, and values are rescaled when read. */
  readonly rescales: readonly Rescale[] | null;
  readonly notes: readonly string[];
}

/**
 * Reads the display settings of a file (PS3.3, C.7.6.3, C.7.9, C.11.1, C.11.2).
 *
 * @param frames number of readable frames
 * @throws DicomFault if the palette, the rescaling or the modality table is broken; a broken VOI table is ignored with
 * a note, since it does not change the meaning of the values
 */
export function readDisplay(dataSet: DataSet, pixel: ImagePixel, frames: number): FrameDisplay {
  if (pixel.samples === 3) return { display: plainDisplay, rescales: null, notes: [] };
  if (pixel.photometric === 'PALETTE COLOR') {
    const palette = readPalette(dataSet, pixel);
    return { display: { ...plainDisplay, palette }, rescales: null, notes: [] };
  }
  const modality = readModality(dataSet, pixel, frames);
  const voi = readVoi(dataSet, pixel, frames);
  const isInverted = pixel.photometric === 'MONOCHROME1';
  const { rescale, modalityTable, rescales } = modality;
  const { windows, voiTable } = voi;
  return {
    display: {
      rescale,
      modalityTable,
      windows,
      voiTable,
      isInverted,
      palette: null,
      // Rescaled values of computed tomography are Hounsfield units unless the file says otherwise (C.8.2.1).
      unit: rescale !== null && firstText(dataSet, 'Modality') === 'CT' ? 'HU' : undefined,
    },
    rescales,
    notes: [...modality.notes, ...voi.notes],
  };
}

type Modality = Pick<Display, 'rescale' | 'modalityTable'> &
  Pick<FrameDisplay, 'rescales' | 'notes'>;

function readModality(dataSet: DataSet, { isSigned }: ImagePixel, frames: number): Modality {
  const none: Modality = { rescale: null, modalityTable: null, rescales: null, notes: [] };
  const [item] = items(dataSet, 'ModalityLUTSequence');
  if (item !== undefined) return { ...none, modalityTable: lookupTable(item, isSigned) };
  const each = perFrame(dataSet, frames, 'PixelValueTransformationSequence', readRescale);
  const [first = null] = each;
  if (areSame(each)) return { ...none, rescale: first };
  const rescales = each.map((rescale) => rescale ?? { slope: 1, intercept: 0 });
  return { ...none, rescales, notes: [dicomNotes.rescaledPerFrame] };
}

function readRescale(attributes: DataSet): Rescale | null {
  const slope = number(attributes, 'RescaleSlope');
  const intercept = number(attributes, 'RescaleIntercept');
  if (slope === null && intercept === null) return null;
  const rescale = { slope: slope ?? 1, intercept: intercept ?? 0 };
  if (Number.isFinite(rescale.slope) && Number.isFinite(rescale.intercept)) return rescale;
  throw damaged(dicomText.rescale);
}

type Voi = Pick<Display, 'windows' | 'voiTable'> & Pick<FrameDisplay, 'notes'>;

function readVoi(dataSet: DataSet, { isSigned }: ImagePixel, frames: number): Voi {
  const set = firstText(dataSet, 'SpecificCharacterSet');
  const each = perFrame(dataSet, frames, 'FrameVOILUTSequence', (attributes) =>
    readWindows(attributes, set),
  );
  const notes = areSame(each) ? [] : [dicomNotes.windowsDiffer];
  const [windows = []] = each;
  const [item] = items(frameAttributes(dataSet, 0, 'FrameVOILUTSequence'), 'VOILUTSequence');
  const { table, note } = readVoiTable(item, isSigned);
  return { windows, voiTable: table, notes: [...notes, ...note] };
}

function readVoiTable(
  item: DataSet | undefined,
  isSigned: boolean,
): { table: LookupTable | null; note: string[] } {
  if (item === undefined) return { table: null, note: [] };
  try {
    return { table: lookupTable(item, isSigned), note: [] };
  } catch (error) {
    if (!(error instanceof DicomFault)) throw error;
    return { table: null, note: [dicomNotes.voiTable] };
  }
}

const shapes: Readonly<Record<string, IntensityWindow['shape']>> = {
  LINEAR: 'linear',
  LINEAR_EXACT: 'linear-exact',
  SIGMOID: 'sigmoid',
};

function readWindows(attributes: DataSet, characterSet: string | null): IntensityWindow[] {
  const centers = numbers(attributes, 'WindowCenter');
  const widths = numbers(attributes, 'WindowWidth');
  const names = readableTexts(attributes, 'WindowCenterWidthExplanation', characterSet);
  const said = shapes[firstText(attributes, 'VOILUTFunction') ?? 'LINEAR'] ?? 'linear';
  return centers.flatMap((center, i) => {
    const width = widths[i] ?? NaN;
    if (!Number.isFinite(center) || !Number.isFinite(width) || width <= 0) return [];
    // The formula of LINEAR is for whole values and is meaningless below a width of 1.
    const shape = said === 'linear' && width < 1 ? 'linear-exact' : said;
    return [{ center, width, shape, name: windowName(names[i] ?? '') }];
  });
}
