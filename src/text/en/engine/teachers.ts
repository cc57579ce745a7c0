/** Messages about teachers: whether they fit this computer and the images, and what is guessed about them. */
export const teacherText = {
  notFound: (file: string) => `${file} was not found. Check the path.`,
  inCatalogue: (file: string) =>
    `There is no file or folder ${file} here. The catalogue has a teacher of that name: download it with understudy teacher fetch ${file} --out ${file}, then try again.`,
  tooLarge: (file: string, { parameters, needed, available }: TeacherMemory) =>
    `${file} has ${Math.round(parameters / 1e6)} million parameters: they alone need ${gibibytes(needed)} GiB of memory, and this computer has ${gibibytes(available)} GiB. Choose a smaller teacher.`,

  /**
   * @param block −1 for the patch embedding
   * @param fault one of those below @param advice one of those below
   */
  trialFailed: (file: string, { block, depth, fault, advice }: TrialFailure) =>
    `${file}: on trial images ${block < 0 ? 'the patch embedding' : `block ${block} of 0 to ${depth - 1}`} ${fault}. ${advice}`,
  notFinite: 'produces NaN or infinite values',
  extraordinarySize: (size: number) => `produces values of about ${size} instead of about 1`,
  extraordinaryGrowth: (times: number) => `produces values ${times} times as large as its input`,
  sameForEveryImage: 'produces the same output for every image',
  mayBeDamaged: 'The file may be damaged, or its training may have failed.',
  /** @param properties sentences about them */
  wereGuessed: (properties: readonly string[]) =>
    `These properties were guessed: ${properties.join('; ')}. Correct those that are wrong (heads, epsilon, activation, pooling, mean, deviation); if all are right, the file may be damaged.`,

  /** @param property a sentence about it @param options those of the command line that correct it */
  guess: (property: string, options: readonly string[]) =>
    `A guess about the teacher, which its file does not state: ${property}. If it is wrong, the student learns wrong features: correct it with ${options.join(' and ')}.`,

  namedColours: (bands: number, [red, green, blue]: readonly number[]) =>
    `${trainedOn(bands)}. Red, green and blue of an image go to the teacher's bands ${red}, ${green} and ${blue}; the teacher's other bands receive the mean of the three.${allBands(bands)}`,
  adaptedFewBands: (bands: number) =>
    `${adapted(bands)}: each colour uses a share of the weights of the bands it was trained on.${allBands(bands)}`,
  adaptedManyBands: (bands: number) =>
    `${adapted(bands)}: each colour uses the mean of the weights of all bands, so the colours carry less information than in its training.${allBands(bands)}`,
  storedValues: (means: readonly number[]) =>
    `It was trained on stored values (means of ${means.join(', ')}). Its own mean and standard deviation are used only with a value range that is a window containing these means, such as window:5000:10000 for reflectance times 10,000; otherwise a default mean and standard deviation are used.`,

  coloursToAll: (bands: number) =>
    `${coloursUsed(bands)}: each colour goes to all of these. ${useAll(bands)}`,
  coloursToNamed: (bands: number, named: readonly number[]) =>
    `${coloursUsed(bands)}: they go to the teacher's bands ${named.join(', ')}, and its other bands receive the mean of the three. ${useAll(bands)}`,
  bandsToNamed: (counts: BandCounts, named: readonly number[]) =>
    `${bandsUsed(counts)}: they go to the teacher's bands ${named.join(', ')}${counts.trained > counts.used ? '; its other bands receive the mean of these' : ''}.`,
  bandsInOrder: (counts: BandCounts) =>
    `${bandsUsed(counts)}: they go to the teacher's bands in order.`,
  fewerBands: (counts: BandCounts) =>
    `${bandsUsed(counts)}: the teacher's patch embedding is adapted: each band uses the mean of the weights of all the teacher's bands. If you know to which bands of the teacher they correspond, list those with --teacher-bands.`,
  moreBands: (counts: BandCounts) =>
    `${bandsUsed(counts)}: the teacher's patch embedding is adapted: the weights of its bands are repeated in turn, scaled to keep the result for images with equal bands.`,

  ownNormalization:
    "Images are normalised by the teacher's own mean and deviation of stored values.",
  ownNormalizationUnused:
    'The teacher was trained on stored values, but the range of the images is not a window that contains its means, so default values replace its own mean and deviation. To use its own, choose a window of the values it was trained on (--range window:5000:10000 for reflectance times 10,000).',
};

interface TeacherMemory {
  readonly parameters: number;
  /** Bytes, like `available`. */
  readonly needed: number;
  readonly available: number;
}

interface TrialFailure {
  readonly block: number;
  readonly depth: number;
  readonly fault: string;
  readonly advice: string;
}

interface BandCounts {
  /** Bands of each image that are used. */
  readonly used: number;
  /** Bands that the teacher was trained on. */
  readonly trained: number;
}

function gibibytes(bytes: number): string {
  return (bytes / 2 ** 30).toFixed(1);
}

function trainedOn(bands: number): string {
  return `It was trained on images of ${bands} ${bands === 1 ? 'band' : 'bands'}`;
}

function adapted(bands: number): string {
  return `${trainedOn(bands)}. For images in red, green and blue its patch embedding is adapted`;
}

function allBands(bands: number): string {
  return bands > 3
    ? ` If ${bands} bands of an image are used (--bands), each goes to its own band.`
    : '';
}

function coloursUsed(bands: number): string {
  return `Red, green and blue of each image (or the bands chosen instead) are used, but the teacher was trained on ${bands} bands`;
}

function useAll(bands: number): string {
  return `If the images have ${bands} bands, use all of them (--bands 1-${bands}).`;
}

function bandsUsed({ used, trained }: BandCounts): string {
  return `${used} bands of each image are used, and the teacher was trained on ${trained}`;
}
