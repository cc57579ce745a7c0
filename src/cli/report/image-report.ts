import type { ImageDescription } from '../../contract/image-description.ts';
import { count, counted } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable, shortened } from '../text.ts';
import { noteItems } from './notes.ts';
import { table } from './table.ts';

/** Characters of the second column. */
const widestCell = 80;

type Figures = NonNullable<ImageDescription['rescaled']>;

const formatNames: Record<ImageDescription['format'], string> = {
  png: 'PNG',
  jpeg: 'JPEG',
  webp: 'WebP',
  bmp: 'BMP',
  tiff: 'TIFF',
  dicom: 'DICOM',
  nifti: 'NIfTI',
};

const interpretationNames: Record<ImageDescription['interpretation'], string> = {
  grey: 'grey',
  rgb: 'red, green, blue',
  palette: 'palette colours',
  bands: 'not colours',
};

/** Describes an image file as a table, followed by notes. */
export function imageReport(file: string, image: ImageDescription, paint: TextStyles): string {
  const notes = noteItems(image.notes);
  return [
    paint.strong(printable(file)),
    '',
    table(
      facts(image).map(([name, text]) => [name, shortened(printable(text), widestCell)]),
      { leftColumns: 2 },
    ),
    ...(notes.length === 0 ? [] : ['', paint.attention('Notes:'), ...notes]),
  ].join('\n');
}

function facts(image: ImageDescription): [name: string, text: string][] {
  const { width, height, frames, bands, levels, nodata, crs, transform } = image;
  const depth = frames > 1 ? `, ${counted(frames, 'frame')}` : '';
  return [
    ['Format', formatNames[image.format]],
    ['Size', `${count(width)} × ${count(height)} px${depth}`],
    ['Bands', `${bands} (${interpretationNames[image.interpretation]})${inputBands(image)}`],
    ...names(image),
    ...optional('Alpha', image.alpha, (band) => `band ${band} (opacity)`),
    [
      'Values',
      `${image.dtype}, ${range(image)}${isScaled(image) ? ', after slope and intercept' : ''}${infinite(image)}`,
    ],
    ...optional('Nodata', nodata, (value) => (typeof value === 'number' ? figure(value) : value)),
    ...optional(
      'Spacing',
      image.spacing,
      ({ x, y, unit }) => `${figure(x)} × ${figure(y)} ${unit}`,
    ),
    ...optional('Orientation', image.orientation, (code) => `${code}${volume(image)}`),
    ...optional('Rescale', image.rescale, rescaleText),
    ...optional('Rescaled', image.rescaled, range),
    ...image.windows.map((window, index): [string, string] => [
      index === 0 ? 'Windows' : '',
      windowText(window),
    ]),
    ...optional('Coordinates', crs, (text) => text),
    ...optional('Transform', transform, (numbers) =>
      numbers.map((value) => figure(value, 12)).join(', '),
    ),
    ...(levels.length > 1 ? [['Levels', levelText(levels)] as [string, string]] : []),
  ];
}

/** Names the bands of the model's input if there are others, because a satellite's first bands are not its colours. */
function inputBands({ bands, interpretation, seen: chosen }: ImageDescription): string {
  if (interpretation !== 'bands' || bands === chosen.length) return '';
  const [red, green, blue] = chosen;
  if (green === undefined || blue === undefined) return `; band ${red} is used by default`;
  return `; bands ${red}, ${green}, ${blue} are used as red, green, blue by default`;
}

/** Lists the names of bands in as many lines as needed; none if no band has a name. */
function names({ bandNames, alpha }: ImageDescription): [name: string, text: string][] {
  if (bandNames.every((name) => name === null)) return [];
  const lines: string[] = [];
  for (const [at, name] of bandNames.entries()) {
    const called = name ?? (at + 1 === alpha ? 'alpha' : 'unnamed');
    const item = `${at + 1} ${shortened(called, 60)}`;
    const line = lines.at(-1);
    const longer = `${line}, ${item}`;
    if (line === undefined || longer.length > widestCell - 1) lines.push(item);
    else lines[lines.length - 1] = longer;
  }
  return lines.map((line, at) => [
    at === 0 ? 'Names' : '',
    at < lines.length - 1 ? `${line},` : line,
  ]);
}

function infinite({ infinite: number }: ImageDescription): string {
  return number === 0 ? '' : `; ${counted(number, 'infinite value')} left out`;
}

function optional<Value>(
  name: string,
  value: Value | null,
  text: (value: Value) => string,
): [name: string, text: string][] {
  return value === null ? [] : [[name, text(value)]];
}

function range({ min, max, mean }: Figures): string {
  if (min === null && max === null) return 'no finite values';
  const bound = (value: number | null): string => (value === null ? 'infinite' : figure(value));
  return `${bound(min)} to ${bound(max)}, mean ${bound(mean)}`;
}

/** Slope and intercept of NIfTI are part of how it stores values. */
function isScaled({ format, rescale }: ImageDescription): boolean {
  return format === 'nifti' && rescale !== null;
}

function volume({ shape, zooms }: ImageDescription): string {
  if (shape === null || zooms === null) return '';
  return `, ${shape.join(' × ')} voxels of ${zooms.map((size) => figure(size)).join(' × ')}`;
}

function rescaleText({ slope, intercept }: NonNullable<ImageDescription['rescale']>): string {
  return `${figure(slope)} · v ${intercept < 0 ? '-' : '+'} ${figure(Math.abs(intercept))}`;
}

function windowText({ center, width, name }: ImageDescription['windows'][number]): string {
  const range = `${figure(center - width / 2)} to ${figure(center + width / 2)}`;
  return name === null ? range : `${range}, ${name}`;
}

function levelText(levels: ImageDescription['levels']): string {
  return levels.map(({ width, height }) => `${width} × ${height}`).join(', ');
}

/** Formats a number with as many significant digits as float32 has, or more for coordinates. */
function figure(value: number, digits = 7): string {
  return String(Number(value.toPrecision(digits)));
}
