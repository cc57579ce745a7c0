import type { InferredProperty, TeacherConvention } from '../../contract/descriptions.ts';
import type { TeacherOverrides } from '../../contract/jobs.ts';
import { whileReading } from '../../core/activity.ts';
import type { Shape } from '../../core/graph/ops.ts';
import { zeros } from '../../core/tensor.ts';
import type { Tensor } from '../../core/tensor.ts';
import { weightShapes } from '../../core/vit/architecture.ts';
import type { Normalization, VitArchitecture } from '../../core/vit/architecture.ts';
import { copyBlocks, keptBlocks } from '../../core/vit/copy.ts';
import type { StoredNormalization } from '../../core/vit/stored-normalization.ts';
import { checkWeightShapes, requireFiniteWeights } from '../../core/vit/weights.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import { isReadable } from '../safetensors/safetensors-values.ts';
import { unreadableType } from '../safetensors/safetensors.ts';
import { findEncoder } from './find-encoder.ts';
import type { FoundEncoder } from './find-encoder.ts';
import { inferArchitecture } from './infer-architecture.ts';
import type { Inferred } from './infer-architecture.ts';
import { withFittingNormalization } from './infer-bands.ts';
import {
  notesOnTheRest,
  strangeInputs,
  strangeParts,
  unexplained,
  unexplainedOutside,
} from './left-out.ts';
import { openTensorFile } from './open-tensor-file.ts';
import { arrangePositions, datesOf, foldsClassPosition, keptPositions } from './positions.ts';
import { printableName } from './problems.ts';
import { invalidTeacher, unsupported } from './refusals.ts';
import type { Sidecars } from './configuration-facts.ts';
import { readSidecars } from './sidecars.ts';
import { nameInFile, readWeight, storedWeights } from './stored-weights.ts';
import type { StoredWeight } from './stored-weights.ts';
import { readMetadata } from './teacher-metadata.ts';
import type { TeacherProperties } from './teacher-metadata.ts';
import type { TensorFile } from './tensor-file.ts';
import { knownOther } from './configurations/timm-architectures.ts';
import { refusedModelText, teacherFileText, teacherNotes } from '../../text/index.ts';

/**
 * Vision transformers as published: tensor names show their family, and shapes their sizes. The number of heads, ε, the
 * activation and the normalisation of images come from the caller, the metadata of files written by Understudy, a
 * configuration next to the file, or the family's defaults.
 */

/** Description of a checkpoint without reading its weights. */
export interface DescribedTeacher {
  readonly convention: TeacherConvention;
  readonly title: string;
  /** Container of the weights, and its files. */
  readonly container: string;
  readonly files: readonly string[];
  readonly architecture: VitArchitecture;
  readonly normalization: Normalization;
  /** Normalisation of stored values, if known. */
  readonly storedNormalization: StoredNormalization | undefined;
  /** Bands that are red, green and blue, counted from 0; undefined if unknown. */
  readonly colours: readonly number[] | undefined;
  readonly inferred: readonly InferredProperty[];
  /** Sentences about the chosen model and what was left out. */
  readonly notes: readonly string[];
  /** Types in which the encoder's weights are stored. */
  readonly storedAs: readonly string[];
}

/** Plan for reading a checkpoint. */
interface Plan extends Inferred {
  readonly encoder: FoundEncoder;
  readonly weights: ReadonlyMap<string, StoredWeight>;
  readonly config: Sidecars;
}

/**
 * Describes a checkpoint from the names, shapes and types of its tensors and the files next to it.
 *
 * @throws UserError 'invalid-file' or 'unsupported' if it is not a plain vision transformer, with the reason; if
 * weights are missing, misshapen or of another type; or if a configuration contradicts them
 */
export async function describeTeacher(
  path: string,
  overrides: TeacherOverrides = {},
): Promise<DescribedTeacher> {
  const config = await readSidecars(path);
  const file = await whileReading(path, () => openTensorFile(path));
  try {
    const plan = await whileReading(path, () => planOf(file, config, overrides));
    const { architecture, normalization, storedNormalization, colours } = plan;
    const { properties, encoder } = plan;
    return {
      convention: encoder.convention.name,
      title: encoder.convention.title,
      container: file.container,
      files: file.files,
      architecture,
      normalization,
      storedNormalization,
      colours,
      inferred: properties,
      notes: notesOf(plan),
      storedAs: storedTypes(file, plan),
    };
  } finally {
    await file.close();
  }
}

/** An open checkpoint whose weights have not been read yet. */
export interface OpenTeacher {
  readonly architecture: VitArchitecture;
  readonly normalization: Normalization;
  /** Normalisation as in `DescribedTeacher`, like the next field. */
  readonly storedNormalization: StoredNormalization | undefined;
  readonly colours: readonly number[] | undefined;
  readonly inferred: readonly InferredProperty[];
  /**
   * Reads the encoder with only these of its blocks, as float32. Weights are read one by one into their final place.
   *
   * @param blocks ascending, at least one
   * @throws UserError 'invalid-file' if one of these weights is not finite, or the file has changed since it was opened
   */
  read(blocks: readonly number[]): Promise<VitModel>;
  close(): Promise<void>;
}

/**
 * Opens the encoder of a checkpoint. The caller closes it.
 *
 * @throws UserError as `describeTeacher`
 */
export async function openTeacherFile(
  path: string,
  overrides: TeacherOverrides = {},
): Promise<OpenTeacher> {
  const config = await readSidecars(path);
  const file = await whileReading(path, () => openTensorFile(path));
  try {
    const plan = await whileReading(path, () => planOf(file, config, overrides));
    storedTypes(file, plan);
    const { architecture, normalization, storedNormalization, colours } = plan;
    return {
      architecture,
      normalization,
      storedNormalization,
      colours,
      inferred: plan.properties,
      read: (blocks) => readBlocks(file, plan, blocks),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * Reads the whole encoder of a checkpoint.
 *
 * @throws UserError as `describeTeacher`, and if weights are not finite
 */
export async function readTeacher(
  path: string,
  overrides: TeacherOverrides = {},
): Promise<VitModel> {
  const teacher = await openTeacherFile(path, overrides);
  try {
    return await teacher.read(keptBlocks(teacher.architecture.depth, 1));
  } finally {
    await teacher.close();
  }
}

async function readBlocks(
  file: TensorFile,
  { architecture, normalization, positions, weights: stored }: Plan,
  blocks: readonly number[],
): Promise<VitModel> {
  const weights = new Map<string, Tensor>();
  for (const [name, shape] of shapesOf(architecture, blocks)) {
    const weight = stored.get(name);
    weights.set(name, weight === undefined ? zeros(shape) : await readWeight(file, weight));
  }
  arrangePositions(weights, positions);
  requireFiniteWeights(weights, file.path);
  return copyBlocks({ architecture, weights, normalization }, blocks);
}

/**
 * Returns the shapes of these blocks and of all weights outside blocks, without listing all other blocks for each one.
 */
function shapesOf(architecture: VitArchitecture, blocks: readonly number[]): [string, Shape][] {
  const ofOne = [...weightShapes({ ...architecture, depth: 1 })];
  const isOfBlock = ([name]: readonly [string, Shape]): boolean => name.startsWith('blocks.0.');
  const ofBlock = ofOne.filter(isOfBlock);
  return [
    ...ofOne.filter((weight) => !isOfBlock(weight)),
    ...blocks.flatMap((block) =>
      ofBlock.map(([name, shape]): [string, Shape] => [name.replace('0', String(block)), shape]),
    ),
  ];
}

/** Returns the files that contain a checkpoint's tensors. @throws UserError as `openTensorFile` */
export async function teacherFiles(path: string): Promise<readonly string[]> {
  const file = await whileReading(path, () => openTensorFile(path));
  await file.close();
  return file.files;
}

async function planOf(
  file: TensorFile,
  said: Sidecars,
  overrides: TeacherOverrides,
): Promise<Plan> {
  const encoder = findEncoder(file);
  refuseStrange(file, encoder);
  refuseUnexplained(file, encoder, said);
  const weights = storedWeights(file, encoder);
  refuseBlocks(file, encoder, weights);
  const channels = weights.get('patch_embed.proj.weight')?.shape[1] ?? 0;
  const config = withFittingNormalization(said, channels);
  if (config.normAfterPooling !== undefined) renameFinalNorm(weights);
  const knowledge = {
    given: definedOnly(overrides),
    file: readMetadata(file),
    config,
    dates: await possibleDates(file, encoder, weights),
  };
  const inferred = inferArchitecture(file.path, encoder, weights, knowledge);
  requireShapes(file, encoder, weights, inferred);
  return { ...inferred, encoder, weights, config };
}

/**
 * Counts possible dates of families whose patches have a time axis; these values are the only ones read before all else
 * is checked.
 */
async function possibleDates(
  file: TensorFile,
  { convention }: FoundEncoder,
  weights: ReadonlyMap<string, StoredWeight>,
): Promise<readonly number[]> {
  const positions = weights.get('pos_embed');
  if (convention.patchAxes !== 5 || positions?.shape.length !== 3) return [1];
  return datesOf(await readWeight(file, positions), weights.has('cls_token') ? 1 : 0);
}

/** @throws UserError 'unsupported' if the encoder has parts that match no rule and that change what it computes */
function refuseStrange(file: TensorFile, encoder: FoundEncoder): void {
  for (const [reason, strange] of [
    [teacherFileText.strangeParts, strangeParts(encoder)],
    [teacherFileText.strangeInputs, strangeInputs(encoder)],
  ] as const) {
    if (strange.length === 0) continue;
    throw unsupported(file.path, reason(strange.slice(0, 3).map(printableName)), strange);
  }
  for (const key of architectureKeys) {
    const name = file.metadata[key] ?? '';
    const reason = knownOther(name);
    if (reason === undefined) continue;
    throw unsupported(
      file.path,
      teacherFileText.otherArchitecture({ key, name: printableName(name), reason }),
      [],
    );
  }
}

/**
 * Refuses unexplained tensors: without their part the model would compute something else, and the user would not
 * notice. If a configuration describes the whole model, it explains tensors outside the encoder.
 *
 * @throws UserError 'unsupported'
 */
function refuseUnexplained(file: TensorFile, encoder: FoundEncoder, said: Sidecars): void {
  // The configuration's objection to the whole model is reported instead.
  if (said.otherModel !== undefined) return;
  const isKnownWhole = said.families !== undefined;
  for (const [reason, names] of [
    [teacherFileText.unknownInside, unexplained(encoder)],
    [teacherFileText.unknownBeside, isKnownWhole ? [] : unexplainedOutside(encoder)],
  ] as const) {
    if (names.length === 0) continue;
    const some = names.slice(0, 3).map(printableName);
    throw unsupported(file.path, reason(some, names.length - some.length), names);
  }
  if (/(^|\.)(audio_spectrogram_transformer|vpm)\./.test(encoder.prefix)) {
    throw unsupported(file.path, teacherFileText.otherEncoder(printableName(encoder.prefix)), []);
  }
}

/** Metadata keys under which training programs store the name of timm's architecture. */
const architectureKeys = ['arch', 'args.model', 'args.arch', 'model_name'];

/** OpenCLIP gives both norms the same name. */
function renameFinalNorm(weights: Map<string, StoredWeight>): void {
  for (const kind of ['weight', 'bias']) {
    const norm = weights.get(`norm.${kind}`);
    if (norm === undefined) continue;
    weights.delete(`norm.${kind}`);
    weights.set(`fc_norm.${kind}`, norm);
  }
}

/**
 * timm keeps both halves of a gated MLP in one matrix, under a plain MLP's name; RMS norms have the name of a plain
 * norm, too.
 */
function refuseBlocks(
  file: TensorFile,
  encoder: FoundEncoder,
  weights: ReadonlyMap<string, StoredWeight>,
): void {
  const wide = weights.get('blocks.0.mlp.fc1.weight')?.shape[0] ?? 0;
  const narrow = weights.get('blocks.0.mlp.fc2.weight')?.shape[1] ?? 0;
  if (narrow > 0 && wide === 2 * narrow) {
    throw unsupported(file.path, refusedModelText.gatedMlps, [...file.tensors.keys()]);
  }
  const hasBias = [...weights.keys()].some((name) => /\.norm[12]\.bias$/.test(name));
  if (!hasBias && weights.has('blocks.0.norm2.weight')) {
    throw unsupported(
      file.path,
      teacherFileText.normsWithoutBias(nameInFile(encoder, 'blocks.0.norm1.bias')),
      [...file.tensors.keys()],
    );
  }
}

function requireShapes(
  file: TensorFile,
  encoder: FoundEncoder,
  weights: ReadonlyMap<string, StoredWeight>,
  { architecture, positions }: Inferred,
): void {
  const shapes = new Map([...weights].map(([name, { shape }]) => [name, shape]));
  // The only weight that may be missing: CLIP's patch embedding has no bias.
  const patchBias = 'patch_embed.proj.bias';
  if (encoder.convention.noPatchBias === true && !shapes.has(patchBias)) {
    shapes.set(patchBias, [architecture.width]);
  }
  const [one = 1, , width = 0] = shapes.get('pos_embed') ?? [];
  shapes.set('pos_embed', [one, keptPositions(positions), width]);
  const nameOf = (weight: string): string => nameInFile(encoder, weight);
  checkWeightShapes(architecture, shapes, file.path, nameOf);
  const wanted = weightShapes(architecture);
  const more = [...shapes.keys()].filter((name) => !wanted.has(name));
  if (more.length === 0) return;
  throw invalidTeacher(
    file.path,
    teacherFileText.othersMissing(more.slice(0, 3).map(nameOf)),
    more.join('\n'),
  );
}

function notesOf({ encoder, positions, config, architecture, notes }: Plan): string[] {
  return [
    ...encoder.notes,
    ...notesOnTheRest(encoder, architecture.pooling),
    ...notes,
    ...noteOnNoConfiguration(encoder, config),
    ...(foldsClassPosition(positions) ? [teacherNotes.movedPosition] : []),
    ...(positions.dates > 1 ? [teacherNotes.firstDate(positions.dates)] : []),
    ...config.notes,
  ];
}

/** Libraries that always write a configuration have other model types whose weights have the same names. */
function noteOnNoConfiguration({ convention }: FoundEncoder, { families }: Sidecars): string[] {
  if (!convention.name.startsWith('hf-') || families !== undefined) return [];
  return [teacherNotes.noConfiguration];
}

/** Types in which the encoder's weights are stored; the head, or a step counter, may have any type. */
function storedTypes(file: TensorFile, { architecture, weights }: Plan): string[] {
  const types = new Set<string>();
  for (const name of weightShapes(architecture).keys()) {
    for (const part of weights.get(name)?.parts ?? []) {
      const dtype = part === undefined ? undefined : file.tensors.get(part)?.dtype;
      if (part === undefined || dtype === undefined) continue;
      if (!isReadable(dtype)) throw unreadableType(file.path, printableName(part), dtype);
      types.add(dtype);
    }
  }
  return [...types];
}

/** An override that is `undefined` must not hide the file's value. */
function definedOnly(overrides: TeacherOverrides): Partial<TeacherProperties> {
  return Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
}
