import type { z } from 'zod';
import type { TeacherConvention } from '../../contract/descriptions.ts';
import { teacherOverrides } from '../../contract/jobs.ts';
import { coloursByName } from '../../core/image/colour-names.ts';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import type { StoredNormalization } from '../../core/vit/stored-normalization.ts';
import { printableName } from './problems.ts';
import { teacherConfigurationText, teacherNotes } from '../../text/index.ts';

/**
 * Files next to a checkpoint that state what its weights do not: `config.json` and `preprocessor_config.json` of
 * Hugging Face's transformers, `config.json` of timm and of Prithvi, `open_clip_config.json` of OpenCLIP.
 */
export interface Sidecars {
  readonly heads?: Stated<number>;
  readonly epsilon?: Stated<number>;
  readonly activation?: Stated<VitArchitecture['activation']>;
  readonly pooling?: Stated<VitArchitecture['pooling']>;
  readonly mean?: Stated<number[]> | undefined;
  readonly deviation?: Stated<number[]> | undefined;
  /** Mean and deviation of stored values, which are not pixels in [0, 1]. */
  readonly storedNormalization?: Stated<StoredNormalization> | undefined;
  readonly colourBands?: Stated<number[]>;
  /** Names of its bands, in order. */
  readonly bandNames?: Stated<readonly string[]>;
  /** Activation that is not supported here. */
  readonly otherActivation?: Stated<string>;
  /** Pooling that is not supported here; another replaces it, since no block depends on it. */
  readonly otherPooling?: Stated<string>;
  /** Reason why the model is not a plain vision transformer, whatever its weights are called. */
  readonly otherModel?: Stated<string>;
  /** Families whose naming such a model may use, and its model type. */
  readonly families?: Stated<{
    readonly type: string;
    readonly conventions: readonly TeacherConvention[];
  }>;
  /** True if q, k and v have a bias. */
  readonly qkvBias?: Stated<boolean>;
  /** Presence of parts that the weights also show. */
  readonly parts: readonly (Stated<boolean> & { readonly part: StatedPart })[];
  /**
   * True if a statement about the images was not followed, which makes mean and deviation a guess unless the user
   * states them.
   */
  readonly otherImages?: true | undefined;
  /** Statement that reverses the order of red, green and blue. */
  readonly otherOrder?: Stated<string>;
  /** Statement that the last norm follows pooling, though its name says it comes before. */
  readonly normAfterPooling?: Stated<true>;
  /** Sizes that the weights also show and that must not contradict them. */
  readonly sizes: readonly (Stated<number> & { readonly size: StatedSize })[];
  readonly notes: readonly string[];
}

export type StatedSize =
  | 'width'
  | 'depth'
  | 'mlpWidth'
  | 'patchSize'
  | 'imageSize'
  | 'channels'
  | 'registers';

export type StatedPart = 'preNorm' | 'classToken' | 'fcNorm' | 'layerScale' | 'prefixPositions';

/** A value stated by a file, and where in the file. */
export interface Stated<T> {
  readonly value: T;
  /** `config.json, hidden_act` */
  readonly where: string;
}

const activations: Readonly<Record<string, VitArchitecture['activation']>> = {
  gelu: 'gelu',
  // The same function, as a formula.
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

/** Maximum of a pixel value, whatever the scaling. */
const brightestPixel = 255;

function isOfStored(mean: readonly number[], deviation: readonly number[]): boolean {
  return (
    mean.length === deviation.length &&
    mean.every(Number.isFinite) &&
    deviation.every((value) => Number.isFinite(value) && value > 0) &&
    Math.max(...mean) > brightestPixel
  );
}

/** Note about a mean and deviation that no pixel values can have. */
function wrongNormalization(
  mean: readonly number[],
  deviation: readonly number[],
  where: string,
): string | undefined {
  if (mean.length !== deviation.length) {
    return teacherNotes.deviationOfOtherBands(where, mean.length, deviation.length);
  }
  const least = Math.min(...deviation);
  return least > 0 ? undefined : teacherNotes.deviationNotPositive(where, least);
}

/** Compares lists of numbers to the fourth decimal: files round them. */
function agree(some: readonly unknown[], others: readonly unknown[]): boolean {
  const rounded = (lists: readonly unknown[]): string =>
    JSON.stringify(lists, (_, value: unknown) =>
      typeof value === 'number' ? Math.round(value * 1e4) : value,
    );
  return rounded(some) === rounded(others);
}

/** Statements of several files; a later file overrides an earlier one. */
export class Collected {
  readonly #values: Partial<Record<keyof z.infer<typeof teacherOverrides>, Stated<unknown>>> = {};
  readonly #sizes: Sidecars['sizes'][number][] = [];
  readonly #parts: Sidecars['parts'][number][] = [];
  readonly #notes: string[] = [];
  /** Place of the statement on mean and deviation; undefined for what a model's kind usually has. */
  #normalizationFile: string | undefined;
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
    name: StatedSize,
    value: number | readonly number[] | null | undefined,
    where: string,
  ): void {
    const one = typeof value === 'object' ? value?.at(-1) : value;
    // The time axis comes before height and width.
    const other = typeof value === 'object' ? (value?.at(-2) ?? one) : one;
    if (one !== other) {
      this.sayModel(teacherConfigurationText.notSquare(other ?? 0, one ?? 0), where);
    }
    if (one !== undefined) this.#sizes.push({ size: name, value: one, where });
  }

  sayActivation(name: string | null | undefined, where: string): void {
    if (name == null) return;
    const value = Object.hasOwn(activations, name) ? activations[name] : undefined;
    if (value === undefined) this.#others.otherActivation = { value: printableName(name), where };
    else this.say('activation', value, where);
  }

  /** Records a pooling by its name in timm and OpenCLIP. */
  sayPooling(name: string | null | undefined, where: string): void {
    if (name == null || name === '' || name === 'none') return;
    if (name === 'token' || name === 'tok') this.say('pooling', 'class-token', where);
    else if (name === 'avg') this.say('pooling', 'patch-mean', where);
    else this.#others.otherPooling = { value: printableName(name), where };
  }

  sayNormAfterPooling(where: string): void {
    this.#others.normAfterPooling = { value: true, where };
  }

  sayBands(names: readonly string[], where: string): void {
    const colours = coloursByName(names);
    this.saySize('channels', names.length, where);
    this.say('colourBands', colours && [...colours], where);
    this.#others.bandNames = { value: names.map(printableName), where };
  }

  /** @param reason why it is not a plain vision transformer, if so; the first reason is kept */
  sayModel(reason: string | undefined, where: string): void {
    if (reason !== undefined) this.#others.otherModel ??= { value: reason, where };
  }

  sayFamilies(type: string, conventions: readonly TeacherConvention[], where: string): void {
    this.#others.families = { value: { type, conventions }, where };
  }

  sayQkvBias(has: boolean | null | undefined, where: string): void {
    if (has != null) this.#others.qkvBias = { value: has, where };
  }

  sayPart(part: StatedPart, has: boolean | null | undefined, where: string): void {
    if (has != null) this.#parts.push({ part, value: has, where });
  }

  /** @param what the unsupported key, with its value; mean and deviation stated so far are discarded */
  sayOtherImages(what: string, where: string): void {
    this.#others.otherImages = true;
    delete this.#values.mean;
    delete this.#values.deviation;
    delete this.#others.storedNormalization;
    this.#notes.push(teacherNotes.otherPreparation(where, what));
  }

  sayOtherOrder(what: string, where: string): void {
    this.#others.otherOrder = { value: what, where };
  }

  note(sentence: string): void {
    this.#notes.push(sentence);
  }

  /**
   * Records the mean and standard deviation by which a model's kind prepares images if no file states others.
   */
  sayUsualNormalization(
    mean: readonly number[],
    deviation: readonly number[],
    where: string,
  ): void {
    this.sayNormalization(mean, deviation, 1, where);
    this.#normalizationFile = undefined;
  }

  /** @param scale of the pixels that they are for, where 1 is [0, 1] */
  sayNormalization(
    mean: readonly number[] | null | undefined,
    deviation: readonly number[] | null | undefined,
    scale: number,
    where: string,
  ): void {
    if (mean == null || deviation == null) return;
    const wrong = wrongNormalization(mean, deviation, where);
    if (wrong !== undefined) {
      this.#others.otherImages = true;
      this.#notes.push(wrong);
      return;
    }
    const scaled = {
      mean: mean.map((value) => value / scale),
      deviation: deviation.map((value) => value / scale),
    };
    if (!teacherOverrides.safeParse(scaled).success) {
      this.#others.otherImages = true;
      this.#notes.push(teacherNotes.normalizationOfOtherValues(where, mean[0] ?? 0));
      return;
    }
    const before = [this.#values.mean?.value, this.#values.deviation?.value];
    const differs = !agree(before, [scaled.mean, scaled.deviation]);
    if (this.#normalizationFile !== undefined && differs) {
      this.#notes.push(teacherNotes.twoNormalizations(this.#normalizationFile, where));
    }
    this.#normalizationFile = where;
    this.#values.mean = { value: scaled.mean, where };
    this.#values.deviation = { value: scaled.deviation, where };
  }

  /**
   * Recognises a mean and deviation of stored values, such as a satellite's reflectance times 10,000.
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
    // Each value was stored under its own name, with the type that the schemas give it.
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
