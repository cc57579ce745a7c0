import type { ImageDescription } from '../../contract/image-description.ts';
import { count, counted } from '../figures.ts';
import type { Paint } from '../paint.ts';
import { printable, shortened, wrap } from '../text.ts';
import { widest } from '../world.ts';
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
  palette: 'colours of a palette',
  bands: 'not colours',
};

/** What an image file holds, as a table, and below it what a person should know. */
export function imageReport(file: string, image: ImageDescription, paint: Paint): string {
  const notes = image.notes.map(
    (text) => `  - ${wrap(printable(text), widest - 4).replaceAll('\n', '\n    ')}`,
  );
  return [
    paint.strong(printable(file)),
    '',
    table(
      facts(image).map(([name, text]) => [name, shortened(printable(text), widestCell)]),
      { leftColumns: 2 },
    ),
    ...(notes.length === 0 ? [] : ['', paint.attention('To be known:'), ...notes]),
  ].join('\n');
}

function facts(image: ImageDescription): [name: string, text: string][] {
  const { width, height, frames, bands, levels, nodata, crs, transform } = image;
  const depth = frames > 1 ? `, ${counted(frames, 'frame')}` : '';
  return [
    ['Format', formatNames[image.format]],
    ['Size', `${count(width)} × ${count(height)} px${depth}`],
    ['Bands', `${bands} (${interpretationNames[image.interpretation]})${seen(image)}`],
    ...names(image),
    ...optional(
      'Alpha',
      image.alpha,
      (band) => `band ${band}, which says where there is something`,
    ),
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

/** Which of many a model sees, that nobody takes the first of a satellite's for colours unknowingly. */
function seen({ bands, interpretation, seen: chosen }: ImageDescription): string {
  if (interpretation !== 'bands' || bands === chosen.length) return '';
  const [red, green, blue] = chosen;
  if (green === undefined || blue === undefined) return `; seen is ${red} unless others are chosen`;
  return `; ${red}, ${green}, ${blue} seen as red, green, blue unless others are chosen`;
}

/** As many lines as they take; none where no band has a name. */
function names({ bandNames, alpha }: ImageDescription): [name: string, text: string][] {
  if (bandNames.every((name) => name === null)) return [];
  const lines: string[] = [];
  for (const [at, name] of bandNames.entries()) {
    const called = name ?? (at + 1 === alpha ? 'alpha' : 'without a name');
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
  if (min === null && max === null) return 'none that is finite';
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

/** As many digits that matter as float32 has, or more for coordinates. */
function figure(value: number, digits = 7): string {
  return String(Number(value.toPrecision(digits)));
}
