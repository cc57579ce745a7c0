import type { DataSet } from './data-set.ts';
import { items, numbers, firstText } from './values.ts';

/** Codes of imaging modalities (PS3.3, C.7.3.1.1.1): anything else might be a name that someone typed. */
const modalities: ReadonlySet<string> = new Set([
  ...['BI', 'CR', 'CT', 'DX', 'ES', 'GM', 'IO', 'IVOCT', 'IVUS', 'MG', 'MR', 'NM', 'OCT', 'OP'],
  ...['OPT', 'OT', 'PT', 'PX', 'RF', 'RG', 'RTDOSE', 'RTIMAGE', 'SM', 'TG', 'US', 'XA', 'XC'],
]);

/** Returns the modality of an image; null if the file has no code for it. */
export function readModality(dataSet: DataSet): string | null {
  const modality = firstText(dataSet, 'Modality');
  return modality !== null && modalities.has(modality) ? modality : null;
}

/** Modalities that film, unless frames state their positions. */
const filming: ReadonlySet<string | null> = new Set(['ES', 'GM', 'IVUS', 'RF', 'US', 'XA', 'XC']);

/** Returns true if frames follow each other in time and are not slices of a volume. */
export function isFilm(dataSet: DataSet, frames: number): boolean {
  if (frames < 2 || items(dataSet, 'PerFrameFunctionalGroupsSequence').length > 0) return false;
  const isTimed = (['FrameTime', 'FrameTimeVector', 'CineRate'] as const).some((keyword) =>
    numbers(dataSet, keyword).some((time) => time > 0),
  );
  return isTimed || filming.has(readModality(dataSet));
}
