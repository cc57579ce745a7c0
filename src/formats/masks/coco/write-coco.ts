import { setImmediate } from 'node:timers/promises';
import { UserError } from '../../../core/errors.ts';
import { ignoreValue, tileCounts, tileSide } from '../../../core/mask/tiles.ts';
import { maskColours } from '../colours.ts';
import type { MaskClass, MaskRaster } from '../mask-raster.ts';
import { maskClassName } from '../paired/write-label-map.ts';
import { encodeCocoRuns } from './rle.ts';
import { cocoText } from '../../../text/index.ts';

/** Image of a COCO file. */
export interface NamedMask {
  /** Relative, with `/`. */
  readonly name: string;
  readonly mask: MaskRaster;
}

export interface CocoOptions {
  /** Called after each image. */
  readonly written?: () => void;
  readonly signal?: AbortSignal;
}

/** Pixels of one value in one mask. */
interface Region {
  readonly value: number;
  readonly runs: number[];
  /** px */
  area: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** End of the last run. */
  end: number;
}

/** Largest number of runs of a class in an image: more are noise, not regions. */
const runLimit = 50_000_000;

/**
 * Yields a COCO file, part by part, image by image. Each class has one annotation per image, of all its pixels as
 * compressed run lengths: polygons would round, and masks do not separate objects of a class.
 * They are not crowds (`iscrowd` 0), which loaders would skip. Unknown pixels (255) belong to
 * no category. They are a crowd with `ignore` 1 in every category: training loaders leave crowds out, and
 * COCO's evaluation (pycocotools, cocoeval.py) counts no prediction there as wrong. A category's id is the
 * class's value, and its colour is written too.
 *
 * @throws UserError 'too-large', and as the masks do; the signal's reason when it aborts
 */
export async function* cocoOfMasks(
  images: readonly NamedMask[],
  classes: readonly MaskClass[],
  { written, signal }: CocoOptions = {},
): AsyncGenerator<Uint8Array> {
  yield utf8('{"info":{"description":"Masks exported by Understudy"},"licenses":[],\n"images":[');
  for (const [index, { name, mask }] of images.entries()) {
    const { width, height } = mask;
    yield utf8(`${separator(index)}${json({ id: index + 1, file_name: name, width, height })}`);
  }
  yield utf8('\n],\n"annotations":[');
  let annotations = 0;
  for (const [index, { name, mask }] of images.entries()) {
    for (const region of await regionsOf(mask, name, signal)) {
      const shape = shapeOf(region, mask);
      for (const category of categoriesOf(region, classes)) {
        const ids = { id: annotations + 1, image_id: index + 1 };
        yield utf8(`${separator(annotations)}${json({ ...ids, ...category, ...shape })}`);
        annotations++;
      }
    }
    written?.();
  }
  yield utf8(`\n],\n"categories":${json(categories(classes))}}\n`);
}

/** Returns the category of a class's region; for unknown pixels every category, as a crowd to be ignored. */
function categoriesOf({ value }: Region, classes: readonly MaskClass[]): object[] {
  if (value !== ignoreValue) return [{ category_id: value, iscrowd: 0 }];
  return classes.map((one) => ({ category_id: one.value, iscrowd: 1, ignore: 1 }));
}

function shapeOf(
  { runs, area, left, top, right, bottom }: Region,
  { width, height }: MaskRaster,
): object {
  return {
    area,
    bbox: [left, top, right - left, bottom - top],
    segmentation: { size: [height, width], counts: encodeCocoRuns(runs) },
  };
}

function categories(classes: readonly MaskClass[]): object[] {
  const colours = maskColours(classes);
  return classes.map(({ value, name }) => ({
    id: value,
    name: maskClassName({ value, name }),
    supercategory: '',
    color: colours.get(value) ?? [0, 0, 0],
  }));
}

/**
 * Pixels of each value as runs down the columns, one column after the other (as COCO has them), the first
 * of other values. Goes through the mask a column of tiles at a time.
 */
async function regionsOf(
  mask: MaskRaster,
  name: string,
  signal: AbortSignal | undefined,
): Promise<Region[]> {
  const { width, height } = mask;
  const regions = new Map<number, Region>();
  const { columns, rows } = tileCounts(mask);
  for (let x = 0; x < columns; x++) {
    // A column of a large mosaic takes a moment: other requests run before it.
    await setImmediate();
    signal?.throwIfAborted();
    const tiles: (Uint8Array | null)[] = [];
    for (let y = 0; y < rows; y++) tiles.push(await mask.tile(x, y));
    if (tiles.every((tile) => tile === null)) continue;
    const end = Math.min(tileSide, width - x * tileSide);
    for (let column = 0; column < end; column++) {
      addColumn(regions, tiles, column, { at: x * tileSide + column, height, name });
    }
  }
  const whole = width * height;
  for (const region of regions.values()) {
    if (region.end < whole) region.runs.push(whole - region.end);
  }
  return [...regions.values()].sort((a, b) => a.value - b.value);
}

interface ColumnPlace {
  /** px from the left. */
  readonly at: number;
  readonly height: number;
  /** Name of the image. */
  readonly name: string;
}

function addColumn(
  regions: Map<number, Region>,
  tiles: readonly (Uint8Array | null)[],
  column: number,
  place: ColumnPlace,
): void {
  let value = 0;
  let start = 0;
  const change = (row: number, next: number): void => {
    if (value !== 0) addRun(regions, value, start, row, place);
    value = next;
    start = row;
  };
  for (const [y, tile] of tiles.entries()) {
    const first = y * tileSide;
    if (tile === null) {
      change(first, 0);
      continue;
    }
    const last = Math.min(place.height, first + tileSide);
    for (let row = first; row < last; row++) {
      const next = tile[(row - first) * tileSide + column] ?? 0;
      if (next !== value) change(row, next);
    }
  }
  change(place.height, 0);
}

function addRun(
  regions: Map<number, Region>,
  value: number,
  top: number,
  bottom: number,
  { at, height, name }: ColumnPlace,
): void {
  let region = regions.get(value);
  if (region === undefined) {
    region = { value, runs: [], area: 0, left: at, top, right: at, bottom, end: 0 };
    regions.set(value, region);
  }
  const start = at * height + top;
  const length = bottom - top;
  // A run that reaches the lower edge continues at the top of the next column.
  if (start === region.end && region.runs.length > 0) {
    region.runs[region.runs.length - 1] = (region.runs.at(-1) ?? 0) + length;
  } else {
    region.runs.push(start - region.end, length);
  }
  if (region.runs.length > runLimit) {
    throw new UserError('too-large', cocoText.tooFine(name));
  }
  region.end = start + length;
  region.area += length;
  region.top = Math.min(region.top, top);
  region.bottom = Math.max(region.bottom, bottom);
  region.right = at + 1;
}

function separator(index: number): string {
  return index === 0 ? '\n' : ',\n';
}

function json(value: unknown): string {
  return JSON.stringify(value);
}

function utf8(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}
