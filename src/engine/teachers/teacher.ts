import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { InferredProperty, TeacherDescription } from '../../contract/descriptions.ts';
import type { TeacherOverrides } from '../../contract/jobs.ts';
import { UserError } from '../../core/errors.ts';
import { parameterCount } from '../../core/vit/architecture.ts';
import { channelsOf, colourChannels, plainPreparation } from '../../core/image/preparation.ts';
import type { Preparation } from '../../core/image/preparation.ts';
import type { Normalization } from '../../core/vit/architecture.ts';
import { throughWindow } from '../../core/vit/stored-normalization.ts';
import { adaptBands, adaptNormalization } from '../../core/vit/bands.ts';
import { keptBlocks } from '../../core/vit/copy.ts';
import { resizeModel } from '../../core/vit/resize.ts';
import type { VitModel } from '../../core/vit/weights.ts';
import {
  describeTeacher,
  openTeacherFile,
  teacherFiles,
} from '../../formats/checkpoints/read-teacher.ts';
import type { OpenTeacher } from '../../formats/checkpoints/read-teacher.ts';
import { readFailure } from '../../formats/files/file-errors.ts';
import { hashOfFile } from '../../formats/files/file-hash.ts';
import { processorMemory } from '../devices/device-memory.ts';
import { requireTeacher } from './teacher-place.ts';
import { inputNotes } from './teacher-texts.ts';
import type { AdaptedInput } from './teacher-texts.ts';
import { teacherText } from '../../text/index.ts';

export interface LoadedTeacher extends AdaptedInput {
  /** File name without its extension. */
  readonly name: string;
  readonly sha256: string;
  /** Properties that the weights do not show, each with the source of its value. */
  readonly inferred: readonly InferredProperty[];
}

/** A teacher adapted to the images, with its weights not yet read. */
export type AdaptedTeacher = Pick<
  OpenTeacher,
  'architecture' | 'normalization' | 'read' | 'close'
> &
  Pick<LoadedTeacher, 'bands' | 'known' | 'stored' | 'inferred'>;

export interface TeacherInput {
  /**
   * Side of the input, px, or a function of the teacher's model; by default the side it was trained with.
   */
  readonly imageSize?: number | ((model: VitModel) => number) | undefined;
  /** Bands and value range of the teacher's input; by default red, green and blue. */
  readonly preparation?: Preparation | undefined;
}

/**
 * Reads a teacher.
 *
 * @throws UserError if the file is not a usable vision transformer
 */
export async function openTeacher(
  file: string,
  overrides: TeacherOverrides,
  { imageSize, preparation = plainPreparation }: TeacherInput = {},
): Promise<LoadedTeacher> {
  requireTeacher(file);
  const read = await readModel(file, overrides, preparation);
  const { model } = read;
  const size = typeof imageSize === 'function' ? imageSize(model) : imageSize;
  return {
    name: teacherName(file),
    sha256: await hashOfTeacher(await teacherFiles(file)),
    ...read,
    model: size === undefined ? model : resizeModel(model, size),
  };
}

/** Returns the SHA-256 of only the weights; for several files, the hash of their hashes. */
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

/**
 * Returns a stamp that changes when a teacher's files change, computed without reading them.
 *
 * @throws UserError as `openTensorFile`
 */
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

/** File names that libraries use for any model. */
const anyModel =
  /^(model|pytorch_model|checkpoint|weights|teacher_checkpoint|open_clip_(pytorch_)?model)(\.(safetensors|bin)\.index)?$/;

/**
 * Returns the name of a teacher: its file name without the extension, or its folder's name if the file name is
 * generic.
 */
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
 * Indices of the trained bands that correspond to the image channels, if known: the named bands, if there are as many
 * as channels.
 */
function knownBands(
  { colours }: Pick<OpenTeacher, 'colours'>,
  channels: number,
): readonly number[] | undefined {
  return colours?.length === channels ? colours : undefined;
}

/**
 * Opens a teacher and adapts it to the images: to their number of bands, and a teacher of stored values to their
 * window. The caller closes it.
 *
 * @param preparation bands and value range of the images
 * @param memory memory of this computer, bytes
 * @throws UserError as `openTeacherFile`, and 'too-large' if the weights alone exceed the memory
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
    const needed = 4 * parameters;
    throw new UserError(
      'too-large',
      teacherText.tooLarge(file, { parameters, needed, available: memory }),
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

/**
 * Returns the normalization of the teacher's own stored values, if it has one and the range of the images is a
 * window.
 */
function ownNormalization(
  { storedNormalization }: Pick<OpenTeacher, 'storedNormalization'>,
  { range }: Preparation,
): Normalization | undefined {
  return storedNormalization !== undefined && range.kind === 'window'
    ? throughWindow(storedNormalization, range)
    : undefined;
}

/**
 * Reads a whole teacher for images in red, green and blue.
 *
 * @throws UserError as `openAdaptedTeacher`, and if weights are not finite
 */
export async function readColourTeacher(
  file: string,
  overrides: TeacherOverrides,
  memory = processorMemory(),
): Promise<VitModel> {
  return (await readModel(file, overrides, plainPreparation, memory)).model;
}

/** Reads all weights of a teacher and the adaptation of its bands. */
async function readModel(
  file: string,
  overrides: TeacherOverrides,
  preparation: Preparation,
  memory?: number,
): Promise<Omit<LoadedTeacher, 'name' | 'sha256'>> {
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
 * Describes a teacher file without keeping its weights.
 *
 * @param alive called for each part of the file as it is hashed
 * @throws UserError if it is not a usable vision transformer
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
    convention,
    title,
    container,
    storedAs: [...storedAs],
    architecture: { ...architecture },
    normalization: { mean: [...normalization.mean], deviation: [...normalization.deviation] },
    assumed: assumptions(inferred),
    inferred: [...inferred],
    notes: [...described.notes, ...inputNotes(described)],
    parameters: parameterCount(architecture),
    // Two skip factors that keep equally many blocks differ only in which blocks.
    students: students.filter(
      ({ blocks }, index) => blocks.length !== students[index - 1]?.blocks.length,
    ),
  };
}

/**
 * Sentences on properties inferred without a source. Mean and deviation share one sentence, listed once.
 */
function assumptions(inferred: readonly InferredProperty[]): string[] {
  const unsure = inferred.filter(({ source }) => source === 'family' || source === 'guess');
  return [...new Set(unsure.map(({ sentence }) => sentence))];
}
