import { count, ordinal } from '../../lib/format.ts';

/** What a range stands for, as one says it. */
const ranges: Readonly<Record<string, string>> = {
  stored: 'as stored',
  file: 'the window that the DICOM files name',
  full: 'from the least to the greatest value of each image',
};

function meaning(range: string): string {
  const [kind = '', low, high] = range.split(':');
  if (kind !== 'percentile') return ranges[kind] ?? range;
  return `from the ${ordinal(Number(low))} to the ${ordinal(Number(high))} percentile of each image`;
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}

/** What the model sees of stored values. */
export const preparation = {
  open: 'What the model sees…',
  title: 'What the model sees',
  explanation:
    'Files hold more values than there are shades. Choose which become black and which white.',
  shades: 'Shades',
  auto: {
    title: 'Automatic',
    looking: 'Looking at what the files say',
    /** What it stands for in these images, by kind of file. */
    means: (found: readonly string[]) => {
      const words = [...new Set(found.map(meaning))];
      if (words.length < 2) return words.map(sentence).join('');
      return `By the kind of file: ${words.join('; or ')}.`;
    },
  },
  file: {
    title: 'The file’s own window',
    none: 'These files name none; each is seen in full.',
    table: 'By the table that the files bring.',
    one: (window: string) => `${window}.`,
    several: (window: string) => `As each file names it, such as ${window}.`,
    window: (center: number, width: number, name: string | null) =>
      `${name === null ? '' : `${name}: `}centre ${signed(center)}, width ${width}`,
  },
  window: {
    title: 'One window for all images',
    why: 'What lies outside of it is black or white.',
    whyMedical: 'In Hounsfield units, where the files have them.',
    presets: 'Usual windows',
    center: 'Centre',
    width: 'Width',
  },
  /** Centre and width, as radiologists set them for CT. */
  presets: [
    { name: 'Lung', center: -600, width: 1500 },
    { name: 'Mediastinum', center: 50, width: 350 },
    { name: 'Soft tissue', center: 40, width: 400 },
    { name: 'Bone', center: 400, width: 1800 },
    { name: 'Brain', center: 40, width: 80 },
  ],
  percentile: {
    title: 'Without the extremes',
    why: 'From one percentile of each image to another.',
    low: 'Black at',
    high: 'White at',
    unit: '%',
  },
  full: { title: 'Full range of each image', why: 'Its least value is black, its greatest white.' },
  stored: {
    title: 'Whole range of the type',
    why: 'The same for all images; 16 bits end at 65,535.',
  },
  faults: {
    center: 'The centre must be a number.',
    width: 'The width must be 1 or more.',
    percent: 'Both lie between 0 and 100, the first below the second.',
  },
  bands: {
    title: 'Bands',
    choice: 'Which bands are seen',
    own: 'The file’s own colours',
    /** Of files with more bands than are seen. */
    ownMeans: (bands: readonly number[]) =>
      bands.length === 1
        ? `In these files band ${bands.join()}.`
        : `In these files red, green and blue are bands ${bands.join(', ')}.`,
    all: (bands: number) => `All ${count(bands)} bands`,
    three: 'Three as colours',
    one: 'One band, grey',
    list: 'A list of bands',
    listed: 'Bands, in order',
    /** Of bands that are no colours, or of a list that is. */
    means: (bands: number) => {
      if (bands === 1) return 'The model sees this one in grey.';
      if (bands === 3) return 'The model sees these as red, green and blue.';
      const pictures =
        bands === 2 ? 'the first in grey' : 'red, green and blue of them, or the first three';
      return `The model sees ${bands === 2 ? 'both' : `all ${count(bands)}`}; pictures show ${pictures}. A teacher trained on as many bands takes them in order, any other is adapted.`;
    },
    faults: {
      none: 'Name at least one band, as 1-6, 8.',
      unread: (part: string) => `“${part}” is no band. Write numbers and ranges, as 1-6, 8.`,
      missing: (band: number, there: string) =>
        `There is no band ${band} in all of these files. They share ${there}.`,
      twice: (band: number) => `Band ${band} is named twice.`,
      many: (bands: number, most: number) =>
        `These are ${count(bands)} bands. A model sees ${count(most)} at most.`,
    },
    band: (band: number) => `Band ${band}`,
    red: 'Red',
    green: 'Green',
    blue: 'Blue',
    grey: 'Grey',
  },
  before: 'As chosen now',
  after: 'As you choose',
  pictureBefore: (name: string) => `${name}, as chosen now`,
  pictureAfter: (name: string) => `${name}, as you choose`,
  loading: 'Images are being drawn',
  failed: 'The images could not be asked for',
  follows:
    'Thumbnails, training and the exported student will follow. Finished runs keep what they had.',
  apply: 'Use for this project',
  applied: 'The model sees these images differently now.',
};

/** With a real minus. */
function signed(value: number): string {
  return value < 0 ? `−${-value}` : String(value);
}
