import { ordinal } from '../../lib/format.ts';

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
    three: 'Three as colours',
    one: 'One band, grey',
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
