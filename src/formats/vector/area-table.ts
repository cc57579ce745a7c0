import { valueAreas } from '../../core/mask/class-areas.ts';
import { backgroundValue, ignoreValue } from '../../core/mask/tiles.ts';
import { csvText } from '../labels/csv-text.ts';
import type { MaskRaster } from '../masks/mask-raster.ts';
import { maskClassName } from '../masks/paired/write-label-map.ts';
import { maskStrips } from '../masks/strips.ts';
import { pixelAreaOf } from './pixel-area.ts';
import type { MaskPlace } from './place.ts';

/** Area of a class on one image. */
export interface AreaRow {
  readonly file: string;
  /** Frame from 0 in a file with several, else null. The table counts from 1, like slice names. */
  readonly frame: number | null;
  readonly value: number;
  /** Null: background; undefined: unknown pixels. */
  readonly class: string | null | undefined;
  readonly pixels: number;
  /** Null if the size of pixels in this unit is unknown. */
  readonly mm2: number | null;
  readonly m2: number | null;
  /** Share of the known pixels; null for unknown ones. */
  readonly share: number | null;
}

export interface AreaImage {
  /** File as it appears in the table. */
  readonly file: string;
  readonly frame?: number | undefined;
  readonly mask: MaskRaster;
  readonly place: MaskPlace;
}

/**
 * Measures the area of the background and of each class that the mask names, also those without a pixel, by value;
 * last the unknown pixels, if there are any.
 */
export async function areaRows({ file, frame, mask, place }: AreaImage): Promise<AreaRow[]> {
  const measure = pixelAreaOf(place);
  const found = await valueAreas(maskStrips(mask), mask.width, measure?.runArea);
  const known = mask.width * mask.height - (found.get(ignoreValue)?.pixels ?? 0);
  const names = new Map(mask.classes.map((one) => [one.value, maskClassName(one)]));
  const values = new Set([backgroundValue, ...names.keys(), ...found.keys()]);
  return [...values]
    .sort((a, b) => a - b)
    .map((value) => {
      const { pixels = 0, area = measure === null ? null : 0 } = found.get(value) ?? {};
      return {
        file,
        frame: frame ?? null,
        value,
        pixels,
        class: nameFor(value, names),
        mm2: measure?.unit === 'mm²' ? area : null,
        m2: measure?.unit === 'm²' ? area : null,
        share: value === ignoreValue || known === 0 ? null : pixels / known,
      };
    });
}

function nameFor(value: number, names: ReadonlyMap<number, string>): AreaRow['class'] {
  if (value === ignoreValue) return undefined;
  return value === backgroundValue
    ? null
    : (names.get(value) ?? maskClassName({ value, name: null }));
}

const columns = ['file', 'frame', 'class', 'value', 'pixels', 'mm²', 'm²', 'ha', 'share'];

/**
 * Formats the table as CSV (RFC 4180, UTF-8 with a byte order mark, without which spreadsheets assume another
 * encoding). Cells of unknown values are empty; cells that a spreadsheet would compute are protected.
 */
export async function* areaTable(
  rows: Iterable<AreaRow> | AsyncIterable<AreaRow>,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(`\u{feff}${csvText([columns])}`, 'utf8');
  for await (const row of rows) {
    const { file, frame, value, pixels, mm2, m2, share } = row;
    const hectares = m2 === null ? null : m2 / 10_000;
    yield Buffer.from(
      csvText([
        [
          ...[file, frame === null ? '' : String(frame + 1), wordFor(row.class), String(value)],
          ...[String(pixels), ...[mm2, m2, hectares, share].map(numberText)],
        ],
      ]),
      'utf8',
    );
  }
}

function wordFor(name: AreaRow['class']): string {
  if (name === undefined) return 'not known';
  return name ?? 'background';
}

/** Twelve digits: further digits are rounding errors of sums. */
function numberText(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(12)));
}
