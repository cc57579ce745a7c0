import { count, ordinal } from '../../../lib/format.ts';

/** Descriptions of intensity ranges. */
const ranges: Readonly<Record<string, string>> = {
  stored: 'as stored',
  file: 'the window stored in the DICOM files',
  full: 'from the smallest to the largest value of each image',
};

function meaning(range: string): string {
  const [kind = '', low, high] = range.split(':');
  if (kind !== 'percentile') return ranges[kind] ?? range;
  return `from the ${ordinal(Number(low))} to the ${ordinal(Number(high))} percentile of each image`;
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

/** Text about the preparation of stored values for the model. */
export const preparation = {
  open: 'Model input…',
  title: 'Model input',
  explanation:
    'Image files can hold a wider range of values than the model input. Choose which values become black and which white.',
  shades: 'Shades',
  auto: {
    title: 'Automatic',
    looking: 'Reading the files',
    /** Meaning of Automatic for these images, by kind of file. */
    means: (found: readonly string[]) => {
      const words = [...new Set(found.map(meaning))];
      if (words.length < 2) return words.map(sentence).join('');
      return `Depends on the kind of file: ${words.join('; or ')}.`;
    },
  },
  file: {
    title: 'The file’s own window',
    none: 'These files define no window; each image uses its full range.',
    table: 'Uses the lookup table in the files.',
    one: (window: string) => `${window}.`,
    several: (window: string) => `As each file defines it, for example ${window}.`,
    window: (center: number, width: number, name: string | null) =>
      `${name === null ? '' : `${name}: `}centre ${signed(center)}, width ${width}`,
  },
  window: {
    title: 'One window for all images',
    why: 'Values outside the window become black or white.',
    whyMedical: 'In Hounsfield units, if the files have them.',
    presets: 'Window presets',
    center: 'Centre',
    width: 'Width',
  },
  /** Common CT windows: centre and width in HU. */
  presets: [
    { name: 'Lung', center: -600, width: 1500 },
    { name: 'Mediastinum', center: 50, width: 350 },
    { name: 'Soft tissue', center: 40, width: 400 },
    { name: 'Bone', center: 400, width: 1800 },
    { name: 'Brain', center: 40, width: 80 },
  ],
  percentile: {
    title: 'Without the extremes',
    why: 'The values between two percentiles of each image.',
    low: 'Black at',
    high: 'White at',
    unit: '%',
  },
  full: {
    title: 'Full range of each image',
    why: 'Its smallest value is black, its largest white.',
  },
  stored: {
    title: 'Whole range of the data type',
    why: 'The same for all images: 0 to 65,535 for 16 bits.',
  },
  faults: {
    center: 'The centre must be a number.',
    width: 'The width must be 1 or more.',
    percent: 'Both percentiles must be between 0 and 100, the first below the second.',
  },
  bands: {
    title: 'Bands',
    choice: 'Bands in the model input',
    own: 'The file’s own colours',
    /** Bands of the colours, for files with more bands. */
    ownMeans: (bands: readonly number[]) =>
      bands.length === 1
        ? `In these files: band ${bands.join()}.`
        : `In these files red, green and blue are bands ${bands.join(', ')}.`,
    all: (bands: number) => `All ${count(bands)} bands`,
    three: 'Three as colours',
    one: 'One band, grey',
    list: 'A list of bands',
    listed: 'Bands, in order',
    /** Meaning of a choice of bands. */
    means: (bands: number) => {
      if (bands === 1) return 'The model receives this band in grey.';
      if (bands === 3) return 'The model receives these as red, green and blue.';
      const pictures =
        bands === 2 ? 'the first in grey' : 'red, green and blue of them, or the first three';
      return `The model receives ${bands === 2 ? 'both' : `all ${count(bands)}`}; pictures show ${pictures}. A teacher with as many bands uses them in this order; others are adapted.`;
    },
    faults: {
      none: 'Name at least one band, for example 1-6, 8.',
      unread: (part: string) =>
        `“${part}” is not a band. Write numbers and ranges, for example 1-6, 8.`,
      missing: (band: number, there: string) =>
        `Not all of these files have band ${band}. They share ${there}.`,
      twice: (band: number) => `Band ${band} is named twice.`,
      many: (bands: number, most: number) =>
        `These are ${count(bands)} bands. A model input has ${count(most)} at most.`,
    },
    band: (band: number) => `Band ${band}`,
    red: 'Red',
    green: 'Green',
    blue: 'Blue',
    grey: 'Grey',
  },
  before: 'Current setting',
  after: 'New setting',
  pictureBefore: (name: string) => `${name}, current setting`,
  pictureAfter: (name: string) => `${name}, new setting`,
  loading: 'Drawing the images',
  failed: 'The images could not be loaded',
  unreadable: 'The picture could not be read.',
  follows:
    'Thumbnails, training and the exported student will use the new setting. Finished runs keep theirs.',
  apply: 'Use for this project',
  applied: 'The model input of these images has changed.',
};

/** Number with a typographic minus. */
function signed(value: number): string {
  return value < 0 ? `−${-value}` : String(value);
}
