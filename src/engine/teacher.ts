import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import type { InferredProperty, TeacherDescription } from '../contract/descriptions.ts';
import type { TeacherOverrides } from '../contract/jobs.ts';
import { UserError } from '../core/errors.ts';
import { parameterCount } from '../core/vit/architecture.ts';
import { adaptBands, adaptNormalization } from '../core/vit/bands.ts';
import { keptBlocks } from '../core/vit/copy.ts';
import { resizeModel } from '../core/vit/resize.ts';
import type { VitModel } from '../core/vit/weights.ts';
import {
  describeTeacher,
  openTeacherFile,
  teacherFiles,
} from '../formats/checkpoints/read-teacher.ts';
import type { DescribedTeacher, OpenTeacher } from '../formats/checkpoints/read-teacher.ts';
import { readFailure } from '../formats/file-errors.ts';
import { hashOfFile } from '../formats/file-hash.ts';
import { processorMemory } from './devices/device-memory.ts';

export interface Teacher {
  /** File name without its extension. */
  readonly name: string;
  readonly sha256: string;
  /** Which of the bands that it was trained on are red, green and blue, counted from 0, where that is known. */
  readonly colours: readonly number[] | undefined;
  readonly model: VitModel;
}

/**
 * Reads a teacher.
 *
 * @param imageSize side of the input, px, or what it is for this teacher; by default the one it was trained with
 * @throws UserError when the file is no usable vision transformer
 */
export async function openTeacher(
  file: string,
  overrides: TeacherOverrides,
  imageSize?: number | ((model: VitModel) => number),
): Promise<Teacher> {
  const taught = await readTaught(file, overrides);
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
async function hashOfTeacher(files: readonly string[]): Promise<string> {
  const hashes: Buffer[] = [];
  for (const file of files) hashes.push(await hashOfFile(file));
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
  const [, cached] = /models--(?:[^/\\]*--)?([^/\\]+)[/\\]snapshots[/\\]/.exec(path) ?? [];
  return cached ?? (basename(dirname(path)) || name);
}

/** Bands that images are read as: red, green, blue. */
const colours = 3;

/**
 * A teacher for images as they are read: one of another number of bands is adapted to three. The caller closes it.
 *
 * @param memory of this machine, bytes
 * @throws UserError as `openTeacherFile`, and 'too-large' where the weights alone would find no room
 */
export async function openColourTeacher(
  file: string,
  overrides: TeacherOverrides,
  memory = processorMemory(),
): Promise<OpenTeacher> {
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
  const { architecture, normalization, colours: bands } = teacher;
  return {
    architecture: { ...architecture, channels: colours },
    normalization: adaptNormalization(normalization, colours, bands),
    colours: bands,
    read: async (blocks) => adaptBands(await teacher.read(blocks), colours, bands),
    close: () => teacher.close(),
  };
}

/**
 * The whole of a teacher for images as they are read.
 *
 * @throws UserError as `openColourTeacher`, and when weights are not finite
 */
export async function readColourTeacher(
  file: string,
  overrides: TeacherOverrides,
  memory = processorMemory(),
): Promise<VitModel> {
  return (await readTaught(file, overrides, memory)).model;
}

/** As `readColourTeacher`, with the bands that see those colours. */
async function readTaught(
  file: string,
  overrides: TeacherOverrides,
  memory?: number,
): Promise<Pick<Teacher, 'model' | 'colours'>> {
  const teacher = await openColourTeacher(file, overrides, memory);
  try {
    const model = await teacher.read(keptBlocks(teacher.architecture.depth, 1));
    return { model, colours: teacher.colours };
  } finally {
    await teacher.close();
  }
}

/** What a teacher file holds, without reading its weights. */
export async function inspectTeacher(
  file: string,
  overrides: TeacherOverrides,
): Promise<TeacherDescription> {
  const described = await describeTeacher(file, overrides);
  const { convention, title, container, files, inferred, storedAs } = described;
  const architecture = { ...described.architecture, channels: colours };
  const normalization = adaptNormalization(described.normalization, colours, described.colours);
  const skips = Array.from({ length: architecture.depth }, (_, index) => index + 1);
  const students = skips.map((skip) => {
    const blocks = [...keptBlocks(architecture.depth, skip)];
    const parameters = parameterCount({ ...architecture, depth: blocks.length });
    return { skip, blocks, parameters };
  });
  return {
    file: resolve(file),
    bytes: await sizeOf(files),
    sha256: await hashOfTeacher(files),
    ...{ convention, title, container },
    storedAs: [...storedAs],
    architecture: { ...architecture },
    normalization: { mean: [...normalization.mean], deviation: [...normalization.deviation] },
    assumed: assumptions(inferred),
    inferred: [...inferred],
    notes: [...described.notes, ...bandNotes(described)],
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

function bandNotes({ architecture, colours: known }: DescribedTeacher): string[] {
  const { channels: bands } = architecture;
  if (bands === colours) return [];
  if (known !== undefined) {
    const [red, green, blue] = known.map((band) => band + 1);
    return [
      `It was trained on images of ${bands} bands, and images are read as red, green and blue: its bands ${red}, ${green} and ${blue} see those, and all others the mean of the three, for want of their own.`,
    ];
  }
  const how =
    bands < colours
      ? 'each sees a share of what it was trained on'
      : 'each sees the mean of all of them, so that colours no longer tell apart what they did in its training';
  return [
    `It was trained on images of ${bands} ${bands === 1 ? 'band' : 'bands'}, and images are read as red, green and blue: its patch embedding is adapted, ${how}.`,
  ];
}
