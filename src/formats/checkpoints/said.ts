import type { z } from 'zod';
import type { TeacherConvention } from '../../contract/descriptions.ts';
import { teacherOverrides } from '../../contract/jobs.ts';
import { coloursByName } from '../../core/image/colour-names.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import type { StoredNormalization } from '../../core/vit/stored-normalization.ts';
import { printable } from './problems.ts';

/**
 * What lies beside a checkpoint and says what its weights do not: `config.json` and `preprocessor_config.json` of Hugging
 * Face's transformers, `config.json` of timm and of Prithvi, `open_clip_config.json` of OpenCLIP.
 */
export interface Sidecars {
  readonly heads?: Said<number>;
  readonly epsilon?: Said<number>;
  readonly activation?: Said<VitArchitecture['activation']>;
  readonly pooling?: Said<VitArchitecture['pooling']>;
  readonly mean?: Said<number[]>;
  readonly deviation?: Said<number[]>;
  /** Mean and deviation of values as files store them, which are no pixels in [0, 1]. */
  readonly storedNormalization?: Said<StoredNormalization>;
  readonly colourBands?: Said<number[]>;
  /** What its bands are called, in its order. */
  readonly bandNames?: Said<readonly string[]>;
  /** One that no teacher here can have. */
  readonly otherActivation?: Said<string>;
  /** As the one before; another stands for it, since no block depends on it. */
  readonly otherPooling?: Said<string>;
  /** Why the model is no plain vision transformer, whatever its weights are called. */
  readonly otherModel?: Said<string>;
  /** As which families the weights of such a model may be named, and what kind of model it is. */
  readonly families?: Said<{
    readonly type: string;
    readonly conventions: readonly TeacherConvention[];
  }>;
  /** Whether q, k and v have a bias. */
  readonly qkvBias?: Said<boolean>;
  /** Whether parts are there that the weights show, too. */
  readonly parts: readonly (Said<boolean> & { readonly part: SaidPart })[];
  /** What is said of the images and was not followed, so that mean and deviation are a guess unless others are said. */
  readonly otherImages?: Said<string>;
  /** What turns the order of red, green and blue around. */
  readonly otherOrder?: Said<string>;
  /** That the last norm comes after pooling, though it is called as one before. */
  readonly normAfterPooling?: Said<true>;
  /** What the weights show too, and must not contradict. */
  readonly sizes: readonly (Said<number> & { readonly size: SaidSize })[];
  readonly notes: readonly string[];
}

export type SaidSize =
  'width' | 'depth' | 'mlpWidth' | 'patchSize' | 'imageSize' | 'channels' | 'registers';

export type SaidPart = 'preNorm' | 'classToken' | 'fcNorm' | 'layerScale' | 'prefixPositions';

/** What a file says, and where in it. */
export interface Said<T> {
  readonly value: T;
  /** `config.json, hidden_act` */
  readonly where: string;
}

const activations: Readonly<Record<string, VitArchitecture['activation']>> = {
  gelu: 'gelu',
  // The same function, written out.
  gelu_python: 'gelu',
  gelu_new: 'gelu-tanh',
  gelu_fast: 'gelu-tanh',
  gelu_tanh: 'gelu-tanh',
  gelu_accurate: 'gelu-tanh',
  gelu_python_tanh: 'gelu-tanh',
  gelu_pytorch_tanh: 'gelu-tanh',
  quick_gelu: 'quick-gelu',
  quickgelu: 'quick-gelu',
};

/** Values of pixels end here, however they are scaled. */
const brightestPixel = 255;

function isOfStored(mean: readonly number[], deviation: readonly number[]): boolean {
  return (
    mean.length === deviation.length &&
    mean.every(Number.isFinite) &&
    deviation.every((value) => Number.isFinite(value) && value > 0) &&
    Math.max(...mean) > brightestPixel
  );
}

/** Why numbers can be no mean and deviation of any values, as the end of a sentence. */
function wrongNormalization(
  mean: readonly number[],
  deviation: readonly number[],
): string | undefined {
  if (mean.length !== deviation.length) {
    return `is for ${bandCount(mean.length)}, and the standard deviation beside it for ${bandCount(deviation.length)}`;
  }
  const least = Math.min(...deviation);
  return least > 0
    ? undefined
    : `comes with a standard deviation of ${least}, and all must be above 0`;
}

/** `6 bands` */
export function bandCount(bands: number): string {
  return bands === 1 ? '1 band' : `${bands} bands`;
}

/** What several files say, the last of them where they say the same. */
export class Collected {
  readonly #values: Partial<Record<keyof z.infer<typeof teacherOverrides>, Said<unknown>>> = {};
  readonly #sizes: Sidecars['sizes'][number][] = [];
  readonly #parts: Sidecars['parts'][number][] = [];
  readonly #notes: string[] = [];
  readonly #others: Pick<
    { -readonly [K in keyof Sidecars]: Sidecars[K] },
    | 'otherActivation'
    | 'otherPooling'
    | 'otherModel'
    | 'families'
    | 'qkvBias'
    | 'normAfterPooling'
    | 'storedNormalization'
    | 'bandNames'
    | 'otherImages'
    | 'otherOrder'
  > = {};

  say(
    property: keyof z.infer<typeof teacherOverrides>,
    value: string | number | number[] | null | undefined,
    where: string,
  ): void {
    if (value != null) this.#values[property] = { value, where };
  }

  saySize(
    name: SaidSize,
    value: number | readonly number[] | null | undefined,
    where: string,
  ): void {
    const one = typeof value === 'object' ? value?.at(-1) : value;
    // An axis of time comes before height and width.
    const other = typeof value === 'object' ? (value?.at(-2) ?? one) : one;
    if (one !== other) {
      this.sayModel(`its sides are ${other} and ${one}, and only squares are supported`, where);
    }
    if (one !== undefined) this.#sizes.push({ size: name, value: one, where });
  }

  sayActivation(name: string | null | undefined, where: string): void {
    if (name == null) return;
    const value = Object.hasOwn(activations, name) ? activations[name] : undefined;
    if (value === undefined) this.#others.otherActivation = { value: printable(name), where };
    else this.say('activation', value, where);
  }

  /** As timm and OpenCLIP call them. */
  sayPooling(name: string | null | undefined, where: string): void {
    if (name == null || name === '' || name === 'none') return;
    if (name === 'token' || name === 'tok') this.say('pooling', 'class-token', where);
    else if (name === 'avg') this.say('pooling', 'patch-mean', where);
    else this.#others.otherPooling = { value: printable(name), where };
  }

  sayNormAfterPooling(where: string): void {
    this.#others.normAfterPooling = { value: true, where };
  }

  sayBands(names: readonly string[], where: string): void {
    const colours = coloursByName(names);
    this.saySize('channels', names.length, where);
    this.say('colourBands', colours && [...colours], where);
    this.#others.bandNames = { value: names.map(printable), where };
  }

  /** @param reason why it is no plain vision transformer, if so; the first that is found stands */
  sayModel(reason: string | undefined, where: string): void {
    if (reason !== undefined) this.#others.otherModel ??= { value: reason, where };
  }

  sayFamilies(type: string, conventions: readonly TeacherConvention[], where: string): void {
    this.#others.families = { value: { type, conventions }, where };
  }

  sayQkvBias(has: boolean | null | undefined, where: string): void {
    if (has != null) this.#others.qkvBias = { value: has, where };
  }

  sayPart(part: SaidPart, has: boolean | null | undefined, where: string): void {
    if (has != null) this.#parts.push({ part, value: has, where });
  }

  /** @param what the key that is not followed, with its value; what was said of mean and deviation no longer counts */
  sayOtherImages(what: string, where: string): void {
    this.#others.otherImages = { value: what, where };
    delete this.#values.mean;
    delete this.#values.deviation;
    delete this.#others.storedNormalization;
    this.#notes.push(
      `${where} has ${what}, and Understudy does not follow that: what it says of images was passed over. Unless given with --mean and --std, the mean and standard deviation of the images are a guess.`,
    );
  }

  sayOtherOrder(what: string, where: string): void {
    this.#others.otherOrder = { value: what, where };
  }

  note(sentence: string): void {
    this.#notes.push(sentence);
  }

  /** @param scale of the pixels that they are for, where 1 is [0, 1] */
  sayNormalization(
    mean: readonly number[] | null | undefined,
    deviation: readonly number[] | null | undefined,
    scale: number,
    where: string,
  ): void {
    if (mean == null || deviation == null) return;
    const wrong = wrongNormalization(mean, deviation);
    if (wrong !== undefined) {
      this.#others.otherImages = { value: 'a mean and standard deviation', where };
      this.#notes.push(`${where} ${wrong}: that was not taken over.`);
      return;
    }
    const scaled = {
      mean: mean.map((value) => value / scale),
      deviation: deviation.map((value) => value / scale),
    };
    if (!teacherOverrides.safeParse(scaled).success) {
      this.#others.otherImages = { value: 'a mean and standard deviation', where };
      this.#notes.push(
        `${where} normalises other values than pixels (a mean of ${mean[0]}), and images are read as pixels: that was not taken over.`,
      );
      return;
    }
    this.#values.mean = { value: scaled.mean, where };
    this.#values.deviation = { value: scaled.deviation, where };
  }

  /**
   * Numbers of values as files store them, such as a satellite's reflectance times 10,000.
   *
   * @returns whether they are that
   */
  sayStoredNormalization(
    mean: readonly number[] | null | undefined,
    deviation: readonly number[] | null | undefined,
    where: string,
  ): boolean {
    if (mean == null || deviation == null || !isOfStored(mean, deviation)) return false;
    const value = { mean: [...mean], deviation: [...deviation] };
    this.#others.storedNormalization = { value, where };
    return true;
  }

  sidecars(): Sidecars {
    // Each was put in by its own name, with the type that the schemas give it.
    const values = this.#values as Partial<Sidecars>;
    return {
      ...values,
      ...this.#others,
      sizes: this.#sizes,
      parts: this.#parts,
      notes: this.#notes,
    };
  }
}
