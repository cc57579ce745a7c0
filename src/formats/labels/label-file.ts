import { open, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { whileReading } from '../../core/activity.ts';
import { compareCodePoints } from '../../core/dataset/order.ts';
import { UserError } from '../../core/errors.ts';
import { labelFileText } from '../../text/index.ts';
import { readFailure } from '../files/file-errors.ts';
import { statFile } from '../files/stat-file.ts';
import { isLabelFile, noneOfThem, parseLabelRows, type LabelRow } from './label-rows.ts';
import type { FoundImage, ImageProblem, LabelledImage, LabelledImages } from './labelled-images.ts';

/** Maximum size, bytes; a million rows take about 50 MB. */
const sizeLimit = 64 * 2 ** 20;
/** Number of bytes that contain the header, and number of tables of a folder whose headers are read. */
const headerLimit = 4096;
const lookedInto = 50;

/**
 * Labels images by a CSV file with the header `path,label[,split,group]`, separated by comma, semicolon or tab. Paths
 * are relative to the images' folder or else to the file's own, with `/` or `\`. Several labels of an image are
 * separated by `|` or `;`, and `-` means that it has none of the labels; an image with an empty label or without a row
 * is unlabelled. Rows without an image are listed under `problems`.
 *
 * Throws `UserError`: 'not-found', 'disk', 'too-large' or 'invalid-labels' (not a table, other columns,
 * rows that contradict each other, no row with an image).
 */
export async function readLabelFile(
  csvPath: string,
  imagesDirectory: string,
  images: readonly FoundImage[],
): Promise<LabelledImages> {
  const rows = await whileReading(csvPath, async () =>
    parseLabelRows(await readText(csvPath), csvPath),
  );
  const places = [resolve(imagesDirectory), dirname(resolve(csvPath))];
  const byPath = new Map(images.map((image) => [key(image.path), image]));
  const rowOf = new Map<FoundImage, LabelRow>();
  const problems: ImageProblem[] = [];
  for (const row of rows) {
    const image = places.flatMap((place) => byPath.get(key(resolve(place, row.path))) ?? [])[0];
    if (image === undefined) {
      const reason = labelFileText.imageNotFound(basename(csvPath), row.line);
      problems.push({ path: row.path, reason });
      continue;
    }
    const earlier = rowOf.get(image);
    if (earlier !== undefined) checkSame(earlier, row, csvPath);
    rowOf.set(image, earlier ?? row);
  }
  if (rowOf.size === 0) {
    throw new UserError(
      'invalid-labels',
      labelFileText.noImageFound(csvPath, rows.length, imagesDirectory),
    );
  }
  const labelled = images.map((image) => label(image, rowOf.get(image)));
  const classes = new Set(labelled.flatMap(({ labels }) => labels));
  return { images: labelled, classes: [...classes].sort(compareCodePoints), problems };
}

/** Returns the label files directly in a folder, in the order of their names. */
export async function findLabelFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const tables = entries.filter((entry) => entry.isFile() && /\.(?:csv|tsv)$/i.test(entry.name));
  const paths = tables
    .slice(0, lookedInto)
    .map(({ name }) => join(folder, name))
    .sort(compareCodePoints);
  const found = await Promise.all(
    paths.map(async (path) => (isLabelFile(await beginningOf(path)) ? [path] : [])),
  );
  return found.flat();
}

/** Empty if it cannot be read. */
async function beginningOf(path: string): Promise<string> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerLimit), 0, headerLimit, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  } finally {
    await file.close();
  }
}

async function readText(path: string): Promise<string> {
  let bytes: Uint8Array;
  try {
    const { size } = await statFile(path);
    if (size > sizeLimit) {
      throw new UserError('too-large', labelFileText.tooLarge(path, sizeLimit / 2 ** 20));
    }
    bytes = await readFile(path);
  } catch (error) {
    throw readFailure(error, path);
  }
  try {
    // Removes a byte order mark, too.
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError('invalid-labels', labelFileText.notUtf8(path));
  }
}

/** File systems and spreadsheets differ in how they compose accents (é), so both sides are composed. */
function key(path: string): string {
  return path.normalize('NFC');
}

function label(image: FoundImage, row: LabelRow | undefined): LabelledImage {
  const { labels = [], isLabelled = false, group, split } = row ?? {};
  return { ...image, labels, isLabelled, group, split };
}

/** Repeated rows are harmless if they agree. */
function checkSame(first: LabelRow, second: LabelRow, csvPath: string): void {
  const differs = (['labels', 'group', 'split'] as const).find(
    (field) => describe(first, field) !== describe(second, field),
  );
  if (differs === undefined) return;
  throw new UserError(
    'invalid-labels',
    labelFileText.contradiction(csvPath, first.path, {
      field: differs,
      first: { value: describe(first, differs), line: first.line },
      second: { value: describe(second, differs), line: second.line },
    }),
  );
}

function describe(row: LabelRow, field: 'labels' | 'group' | 'split'): string {
  if (field !== 'labels') return row[field] ?? '';
  if (row.isLabelled && row.labels.length === 0) return noneOfThem;
  return [...row.labels].sort(compareCodePoints).join('|');
}
