import { bandCount, listOfPrefixes } from '../../words.ts';

/** Tokens that represent an image. */
const pooledTokens = {
  'class-token': 'the class token',
  'patch-mean': 'the mean of the patch tokens',
};

const activations = {
  gelu: 'exact GELU',
  'gelu-tanh': 'tanh-approximated GELU',
  'quick-gelu': 'QuickGELU',
};

type Pooling = keyof typeof pooledTokens;

/** Properties of teachers, each the beginning of a sentence; a list shows them. */
export const teacherPropertyText = {
  /** @param property one of those below @param where name of the file that states it */
  statedIn: (property: string, where: string) => `${property} (${where})`,

  heads: (heads: number, width: number) => `${heads} attention heads, ${width} wide each`,
  guessedHeads: (heads: number, width: number) =>
    `${heads} attention heads, ${width} wide each, typical for this width`,
  epsilon: (epsilon: number) => `layer norm with ε = ${epsilon.toExponential()}`,
  /** @param family name of a library or family */
  epsilonOf: (epsilon: number, family: string) =>
    `layer norm with ε = ${epsilon.toExponential()}, as in ${family}`,
  activation: (activation: keyof typeof activations) => `${activations[activation]} as activation`,
  guessedActivation: (activation: keyof typeof activations) =>
    `${activations[activation]} as activation, although some models of this kind use another`,
  pooling: (pooling: Pooling) => `features from ${pooledTokens[pooling]}`,

  normalization: (values: readonly number[]) =>
    `images normalised with ${values.map((value) => Number(value.toFixed(4))).join(', ')}`,
  /** @param images name of a data set or family */
  normalizationOf: (images: string) =>
    `images normalised with the mean and standard deviation of ${images}`,
  averagedNormalizationOf: (images: string) =>
    `images normalised with the mean and standard deviation of ${images}, averaged over its bands`,

  bandsInOrder: (bands: readonly number[]) =>
    `the bands of images go to its bands ${bands.join(', ')}`,
  coloursAveraged: (bands: number) => `each colour goes to the average of its ${bands} bands`,
  colours: (bands: readonly number[]) => `red, green and blue go to its bands ${bands.join(', ')}`,
  coloursOf: (bands: readonly number[], family: string) =>
    `red, green and blue go to its bands ${bands.join(', ')}, as in ${family}`,
  guessedColours: (bands: readonly number[]) =>
    `red, green and blue go to its bands ${bands.join(', ')}, as in the order of Sentinel-2`,
};

/** Notes about the encoder of a checkpoint and how it is read. */
export const teacherNotes = {
  /** @param unused and @param used places in files */
  twoNormalizations: (unused: string, used: string) =>
    `${unused} and ${used} state different means or standard deviations; those of ${used} are used. If the others are right, set them when you add the teacher.`,
  /** @param prefixes some of those of the encoders' names, of `encoders` in all */
  teacherOfSeveral: (encoders: number, prefixes: readonly string[]) =>
    `${severalEncoders(encoders, prefixes)}: the one called “teacher” is used, as it is intended for inference.`,
  targetOfSeveral: (encoders: number, prefixes: readonly string[]) =>
    `${severalEncoders(encoders, prefixes)}: the target encoder is used, as it is intended for inference.`,
  meanOfSeveral: (encoders: number, prefixes: readonly string[]) =>
    `${severalEncoders(encoders, prefixes)}: the running mean of the weights is used.`,
  trainedOfSeveral: (encoders: number, prefixes: readonly string[]) =>
    `${severalEncoders(encoders, prefixes)}: the one trained by gradient descent is used.`,

  headsOfMoco: (heads: number) =>
    `It was trained with MoCo v3, whose authors' ViT-S has 12 attention heads, while other ViT-S have 6. ${heads} heads are assumed, as the weights do not show which number is right.`,
  otherPooling: ({ own, where, used }: ReplacedPooling) =>
    `Its own pooling (${own}; ${where}) is not supported; ${pooledTokens[used]} is used instead.`,
  distillationToken:
    'Its reference implementation averages the predictions of the class token and the distillation token; here only the class token is used.',
  /** @param stated and covered: px */
  largerImages: (stated: number, covered: number) =>
    `It was made for images of ${stated} × ${stated} px, of which its patches cover ${covered} × ${covered}: images are resized to ${covered} × ${covered} px.`,
  /** @param names the first of its bands' names, of `bands` in all */
  bandNames: (names: readonly string[], bands: number, where: string) =>
    `Its bands are, in order: ${names.map((name, at) => `${at + 1} ${name}`).join(', ')}${bands > names.length ? ', …' : ''} (${where}).`,
  movedPosition:
    "The class token's position is added to the token itself, as registers have no positions.",
  firstDate: (dates: number) =>
    `It was trained on ${dates} dates at a time; the positions of the first date are used.`,

  noConfiguration:
    'No config.json in its folder states what kind of model it is. Models with windowed attention or rotary positions can have weights of the same names and would be read wrongly: put its own config.json into its folder.',
  unappliedAdapter:
    'adapter_config.json in its folder describes an adapter, such as LoRA, which is not applied: the weights are read without it. Merge the adapter into the weights to include it.',
  noModel: (file: string) => `${file} does not describe a model and is ignored.`,
  textModel: (type: string) =>
    `config.json describes a text model (${type}), not an image model, and is ignored.`,
  /** @param setting key and value, or `smallDeviation` */
  otherPreparation: (where: string, setting: string) =>
    `${where} has ${setting}, which is not supported: the image preparation that it states is ignored. Unless given with --mean and --std, the mean and standard deviation of the images are guessed.`,
  smallDeviation: (deviation: number) =>
    `"do_rescale": false and a standard deviation of ${deviation}`,
  normalizationOfOtherBands: (where: string, stated: number, bands: number) =>
    `${where} is for ${bandCount(stated)}, but the teacher has ${bandCount(bands)}. This normalisation is ignored.`,
  deviationOfOtherBands: (where: string, mean: number, deviation: number) =>
    `${where} is for ${bandCount(mean)}, but the standard deviation is for ${bandCount(deviation)}. This normalisation is ignored.`,
  deviationNotPositive: (where: string, deviation: number) =>
    `${where} has a standard deviation of ${deviation}, but every value must be above 0. This normalisation is ignored.`,
  normalizationOfOtherValues: (where: string, mean: number) =>
    `${where} normalises values other than pixels (its mean is ${mean}), but images are read as pixels. This normalisation is ignored.`,
};

/** Notes about parts of a checkpoint that are not read. */
export const leftOutNotes = {
  /** @param parts some of them @param more how many others there are */
  parts: (parts: readonly string[], more: number) =>
    `Weights outside the encoder are ignored: ${parts.join(', ')}${more > 0 ? ` and ${more} more` : ''}.`,
  decoder: 'The decoder, which reconstructed masked patches in training, is left out.',
  textEncoder: 'The text encoder is left out: only the vision tower is the teacher.',
  projection: (name: string) => `Its projection (${name}) is left out.`,
  textProjection: (name: string) =>
    `Its projection into the text embedding space (${name}) is left out: features are taken before it.`,
  dateAndLocation: (names: readonly string[]) =>
    `Its embeddings of date and location (${names.join(', ')}) are left out: images are read without date and location.`,
  attentionPooling: (name: string, used: Pooling) =>
    `Its head, which pools tokens by attention (${name}), is not used; ${pooledTokens[used]} is used instead.`,
};

interface ReplacedPooling {
  /** Pooling stated by the configuration. */
  readonly own: string;
  readonly where: string;
  readonly used: Pooling;
}

function severalEncoders(encoders: number, prefixes: readonly string[]): string {
  return `The file holds ${encoders} encoders (${listOfPrefixes(encoders, prefixes)})`;
}
