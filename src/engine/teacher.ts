import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { InferredProperty, TeacherDescription } from '../contract/descriptions.ts';
import type { TeacherOverrides } from '../contract/jobs.ts';
import { UserError } from '../core/errors.ts';
import { parameterCount } from '../core/vit/architecture.ts';
import { channelsOf, colourChannels, plainPreparation } from '../core/image/preparation.ts';
import type { Preparation } from '../core/image/preparation.ts';
import type { Normalization } from '../core/vit/architecture.ts';
import { throughWindow } from '../core/vit/stored-normalization.ts';
import { adaptBands, adaptNormalization } from '../core/vit/bands.ts';
import { keptBlocks } from '../core/vit/copy.ts';
import { resizeModel } from '../core/vit/resize.ts';
import type { VitModel } from '../core/vit/weights.ts';
import {
  describeTeacher,
  openTeacherFile,
  teacherFiles,
} from '../formats/checkpoints/read-teacher.ts';
import type { OpenTeacher } from '../formats/checkpoints/read-teacher.ts';
import { readFailure } from '../formats/file-errors.ts';
import { hashOfFile } from '../formats/file-hash.ts';
import { processorMemory } from './devices/device-memory.ts';
import { requireTeacher } from './teacher-place.ts';
import { notesOnInput } from './teacher-words.ts';
import type { AdaptedInput } from './teacher-words.ts';

export interface Teacher extends AdaptedInput {
  /** File name without its extension. */
  readonly name: string;
  readonly sha256: string;
  /** What its weights do not show, and from where it is known. */
  readonly inferred: readonly InferredProperty[];
}

/** A teacher as it takes images, of which no weights are read yet. */
export type AdaptedTeacher = Pick<
  OpenTeacher,
  'architecture' | 'normalization' | 'read' | 'close'
> &
  Pick<Teacher, 'bands' | 'known' | 'stored' | 'inferred'>;

export interface TeacherInput {
  /** Side of the input, px, or what it is for this teacher; by default the one it was trained with. */
  readonly imageSize?: number | ((model: VitModel) => number) | undefined;
  /** What is seen of images; by default red, green and blue. */
  readonly preparation?: Preparation | undefined;
}

/**
 * Reads a teacher.
 *
 * @throws UserError when the file is no usable vision transformer
 */
export async function openTeacher(
  file: string,
  overrides: TeacherOverrides,
  { imageSize, preparation = plainPreparation }: TeacherInput = {},
): Promise<Teacher> {
  requireTeacher(file);
  const taught = await readTaught(file, overrides, preparation);
  const { model } = taught;
  const size = typeof imageSize === 'function' ? imageSize(model) : imageSize;
  return {
    name: teacherName(file),
    sha256: await hashOfTeacher(await teacherFiles(file)),
    ...taught,
    model: size === undefined ? model : resizeModel(model, size),
  };
}

/** Of the weights alone: of several files the hash of their hashes. */
async function hashOfTeacher(files: readonly string[], alive?: () => void): Promise<string> {
  const hashes: Buffer[] = [];
  for (const file of files) hashes.push(await hashOfFile(file, alive));
  const [only] = hashes;
  const hash =
    only !== undefined && hashes.length === 1
      ? only
      : createHash('sha256').update(Buffer.concat(hashes)).digest();
  return hash.toString('hex');
}

/** What shows that its files are the ones they were, without reading them. @throws UserError as `openTensorFile` */
export async function teacherStamp(file: string): Promise<string> {
  const stamps: string[] = [];
  for (const path of await teacherFiles(file)) {
    const { size, mtimeMs, ino } = await stat(path).catch((error: unknown) => {
      throw readFailure(error, path);
    });
    stamps.push(`${path} ${size} ${mtimeMs} ${ino}`);
  }
  return stamps.join('\n');
}

async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** Names under which libraries store any model. */
const anyModel =
  /^(model|pytorch_model|checkpoint|weights|teacher_checkpoint|open_clip_(pytorch_)?model)(\.(safetensors|bin)\.index)?$/;

/** What to call a teacher: its file's name without the extension, or its folder's where that says nothing. */
export function teacherName(file: string): string {
  const path = resolve(file);
  const name = basename(path).replace(/\.[^.]*$/, '');
  if (!anyModel.test(name)) return name;
  // Hugging Face's cache: models--facebook--dinov2-base/snapshots/<hash>/model.safetensors
  return cachedName(path) ?? (basename(dirname(path)) || name);
}

function cachedName(path: string): string | undefined {
  const parts = path.split(/[/\\]/);
  const at = parts.findIndex(
    (part, i) => part.includes('models--') && parts[i + 1] === 'snapshots' && i + 2 < parts.length,
  );
  const name = parts[at]?.split('models--').at(-1)?.split('--').at(-1) ?? '';
  return name === '' ? undefined : name;
}

/**
 * Which of the bands that a teacher was trained on the channels of images are, where that is known: those that were named,
 * where they are as many.
 */
function knownBands(
  { colours }: Pick<OpenTeacher, 'colours'>,
  channels: number,
): readonly number[] | undefined {
  return colours?.length === channels ? colours : undefined;
}

/**
 * A teacher for images as they are read: one of another number of bands is adapted, and one of stored values to the
 * window that they are seen through. The caller closes it.
 *
 * @param preparation what is seen of the images
 * @param memory of this machine, bytes
 * @throws UserError as `openTeacherFile`, and 'too-large' where the weights alone would find no room
 */
export async function openAdaptedTeacher(
  file: string,
  overrides: TeacherOverrides,
  preparation = plainPreparation,
  memory = processorMemory(),
): Promise<AdaptedTeacher> {
  const teacher = await openTeacherFile(file, overrides);
  const parameters = parameterCount(teacher.architecture);
  if (4 * parameters > memory) {
    await teacher.close();
    const gigabytes = (bytes: number): string => (bytes / 2 ** 30).toFixed(1);
    throw new UserError(
      'too-large',
      `${file} has ${Math.round(parameters / 1e6)} million parameters: they alone take ${gigabytes(4 * parameters)} GiB, and this computer has ${gigabytes(memory)} GiB. Choose a smaller teacher.`,
    );
  }
  const { architecture, storedNormalization } = teacher;
  const channels = channelsOf(preparation);
  const known = knownBands(teacher, channels);
  const own = ownNormalization(teacher, preparation);
  const normalization = own ?? teacher.normalization;
  return {
    architecture: { ...architecture, channels },
    bands: architecture.channels,
    normalization: adaptNormalization(normalization, channels, known),
    stored: own === undefined ? storedNormalization && 'unused' : 'used',
    known,
    inferred: teacher.inferred,
    read: async (blocks) =>
      adaptBands({ ...(await teacher.read(blocks)), normalization }, channels, known),
    close: () => teacher.close(),
  };
}

/** The teacher's own, where that is of stored values and images are seen through a window of such. */
function ownNormalization(
  { storedNormalization }: Pick<OpenTeacher, 'storedNormalization'>,
  { range }: Preparation,
): Normalization | undefined {
  return storedNormalization !== undefined && range.kind === 'window'
    ? throughWindow(storedNormalization, range)
    : undefined;
}

/**
 * The whole of a teacher for images in red, green and blue.
 *
 * @throws UserError as `openAdaptedTeacher`, and when weights are not finite
 */
export async function readColourTeacher(
  file: string,
  overrides: TeacherOverrides,
  memory = processorMemory(),
): Promise<VitModel> {
  return (await readTaught(file, overrides, plainPreparation, memory)).model;
}

/** All of a teacher, and how its bands became channels. */
async function readTaught(
  file: string,
  overrides: TeacherOverrides,
  preparation: Preparation,
  memory?: number,
): Promise<Omit<Teacher, 'name' | 'sha256'>> {
  const teacher = await openAdaptedTeacher(file, overrides, preparation, memory);
  try {
    const model = await teacher.read(keptBlocks(teacher.architecture.depth, 1));
    const { bands, known, stored, inferred } = teacher;
    return { model, bands, known, stored, inferred };
  } finally {
    await teacher.close();
  }
}

/**
 * What a teacher file holds, without keeping its weights.
 *
 * @param alive told of each part of the file as it is hashed. @throws UserError when it is no usable vision transformer
 */
export async function inspectTeacher(
  file: string,
  overrides: TeacherOverrides,
  alive?: () => void,
): Promise<TeacherDescription> {
  requireTeacher(file);
  const described = await describeTeacher(file, overrides);
  const { convention, title, container, files, inferred, storedAs } = described;
  const architecture = { ...described.architecture, channels: colourChannels };
  const normalization = adaptNormalization(
    described.normalization,
    colourChannels,
    knownBands(described, colourChannels),
  );
  const skips = Array.from({ length: architecture.depth }, (_, index) => index + 1);
  const students = skips.map((skip) => {
    const blocks = [...keptBlocks(architecture.depth, skip)];
    const parameters = parameterCount({ ...architecture, depth: blocks.length });
    return { skip, blocks, parameters };
  });
  return {
    file: resolve(file),
    bytes: await sizeOf(files),
    sha256: await hashOfTeacher(files, alive),
    ...{ convention, title, container },
    storedAs: [...storedAs],
    architecture: { ...architecture },
    normalization: { mean: [...normalization.mean], deviation: [...normalization.deviation] },
    assumed: assumptions(inferred),
    inferred: [...inferred],
    notes: [...described.notes, ...notesOnInput(described)],
    parameters: parameterCount(architecture),
    // Two skip factors that keep equally many blocks differ only in which.
    students: students.filter(
      ({ blocks }, index) => blocks.length !== students[index - 1]?.blocks.length,
    ),
  };
}

/** What was inferred without a source. Mean and deviation come together, and are said once. */
function assumptions(inferred: readonly InferredProperty[]): string[] {
  const unsure = inferred.filter(({ source }) => source === 'family' || source === 'guess');
  return [...new Set(unsure.map(({ sentence }) => sentence))];
}
