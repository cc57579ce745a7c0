import { randomBytes } from 'node:crypto';
import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative } from 'node:path';
import type { ExportFormat } from '../../contract/app.ts';
import { UserError } from '../../core/errors.ts';
import { writeFailure } from '../../formats/file-errors.ts';
import { weightFiles } from '../export.ts';
import type { Store } from '../../store/store.ts';
import { folderOfRun } from './runs.ts';

/** The files of a finished run. */
const names: Readonly<Record<ExportFormat, string>> = {
  float32: 'student.onnx',
  float16: 'student.fp16.onnx',
  int8: 'student.int8.onnx',
  safetensors: weightFiles.encoder,
};

/**
 * Copies one form of a student to where the user wants it, each file as a whole or not at all: with the weights file
 * of a large model, and with the decoder of a student that outlines, as `x.decoder.safetensors` beside
 * `x.safetensors`.
 *
 * @param file absolute; an older one is replaced
 * @throws UserError 'not-found' when the run's file is gone, 'disk' when the copy cannot be written
 */
export async function exportStudent(
  store: Store,
  run: number,
  format: ExportFormat,
  file: string,
): Promise<{ file: string; bytes: number }> {
  requireOutside(store.folder, file);
  if (store.runs.get(run).state !== 'done') {
    throw new UserError('invalid-option', 'This run has no student yet. Wait until it is done.');
  }
  const folder = folderOfRun(store, run);
  const source = join(folder, names[format]);
  const size = await sizeOf(source);
  if (size === undefined) {
    throw new UserError('not-found', `${source} is gone, so nothing can be saved. Distil again.`);
  }
  let bytes = size;
  for (const [from, to] of companions(source, file)) {
    const more = await sizeOf(from);
    if (more === undefined) continue;
    await copyWhole(from, to);
    bytes += more;
  }
  await copyWhole(source, file);
  store.exports.add({ run, format, file, bytes });
  return { file, bytes };
}

/** Files that belong to a file of a student where they are there, and where their copies go. */
function companions(source: string, file: string): [from: string, to: string][] {
  if (basename(source) === weightFiles.encoder) {
    const decoder = join(dirname(source), weightFiles.decoder);
    return [[decoder, `${file.replace(/\.safetensors$/i, '')}.decoder.safetensors`]];
  }
  // A large model names its weights file, which therefore keeps its name.
  const weights = `${source}.data`;
  return [[weights, join(dirname(file), basename(weights))]];
}

/**
 * The workspace is the program's own: a file saved there could replace the database.
 *
 * @throws UserError 'invalid-option'
 */
export function requireOutside(workspace: string, file: string): void {
  const inside = relative(workspace, file);
  const isOutside = inside.startsWith('..') || isAbsolute(inside);
  if (isAbsolute(file) && isOutside) return;
  throw new UserError(
    'invalid-option',
    `${file} lies in the folder of projects. Save it elsewhere.`,
  );
}

async function sizeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.size;
}

async function copyWhole(from: string, to: string): Promise<void> {
  const unfinished = join(dirname(to), `.understudy-${randomBytes(8).toString('hex')}.partial`);
  try {
    await copyFile(from, unfinished);
    await rename(unfinished, to);
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    throw writeFailure(error, to);
  }
}
