import { dicomFrameText, dicomText } from '../../../../text/index.ts';
import type { DataSet } from '../data-set.ts';
import { damaged } from '../faults.ts';
import type { Fragment, Fragments } from './fragments.ts';
import { numbers } from '../values.ts';

/** The fragments of each declared frame that is complete in the file. */
export interface FrameFragments {
  readonly frames: readonly (readonly Fragment[])[];
  /** Number of frames in the file, declared or not. */
  readonly held: number;
}

/**
 * Assigns fragments to frames: by the offset table if it is consistent, else one per frame, else by the starts of
 * codestreams. A table that points between fragments is ignored.
 *
 * @param declared number of frames in the header
 * @throws DicomFault 'invalid-file' if the fragments cannot be assigned, or no frame is complete
 */
export function frameFragments(
  { basicTable, list, isCutShort }: Fragments,
  dataSet: DataSet,
  declared: number,
): FrameFragments {
  const extended = numbers(dataSet, 'ExtendedOffsetTable');
  const table = extended.length > 0 ? extended : basicTable;
  const starts =
    startsByTable(table, list, declared, isCutShort) ?? startsByContent(list, declared, isCutShort);
  const groups = starts.map((start, i) => list.slice(start, starts[i + 1]));
  const whole = groups.filter((group) => group.every((fragment) => fragment.isWhole));
  if (whole.length === 0) throw damaged(dicomText.noWholeFrame);
  return { frames: whole.slice(0, declared), held: whole.length };
}

/** Returns the indices of the fragments that begin a frame; null if the table is inconsistent. */
function startsByTable(
  table: readonly number[],
  list: readonly Fragment[],
  declared: number,
  isCutShort: boolean,
): number[] | null {
  if (table.length < declared) return null;
  const indices = new Map(list.map(({ offset }, index) => [offset, index]));
  const end = list.at(-1)?.offset ?? 0;
  const starts: number[] = [];
  for (const offset of table) {
    const index = indices.get(offset);
    if (index === undefined && isCutShort && offset > end) break;
    if (index === undefined || index <= (starts.at(-1) ?? -1)) return null;
    starts.push(index);
  }
  return starts[0] === 0 ? starts : null;
}

function startsByContent(
  list: readonly Fragment[],
  declared: number,
  isCutShort: boolean,
): number[] {
  const all = [...list.keys()];
  if (list.length === declared) return all;
  const images = all.filter((index) => list[index]?.beginsImage);
  const areSplit = images[0] === 0 && images.length > 1;
  if (areSplit && (images.length >= declared || isCutShort)) return images;
  if (declared === 1 && list.length > 0) return [0];
  // Fewer than declared: without other evidence, a fragment is a frame.
  if (list.length < declared) return all;
  throw damaged(dicomFrameText.unclearFragments);
}
