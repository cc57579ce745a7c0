import { copyFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ExportFormat, ExportedModel } from '../../contract/app.ts';
import { UserError } from '../../core/errors.ts';
import { makeFileAtomically } from '../../formats/write-file.ts';
import type { Journal } from '../../formats/write-file.ts';
import type { Store } from '../../store/store.ts';
import { requireOutside } from '../outside.ts';
import { exportMode } from '../private-files.ts';
import { folderOfRun } from './runs.ts';

/** The files of a finished run, behind the name of the model. */
const endings: Readonly<Record<ExportFormat, string>> = {
  float32: 'onnx',
  float16: 'fp16.onnx',
  int8: 'int8.onnx',
  safetensors: 'safetensors',
};

/**
 * Copies one form of a student to where the user wants it, each file as a whole or not at all: with the weights file
 * of a large model, and with the decoder of a student that outlines, as `x.decoder.safetensors` beside
 * `x.safetensors`.
 *
 * @param file absolute; an older one is replaced
 * @param model the student, or the plain copy of a run in which that did better
 * @throws UserError 'not-found' when the run's file is gone, 'disk' when the copy cannot be written
 */
export async function exportStudent(
  store: Store,
  run: number,
  format: ExportFormat,
  file: string,
  model: ExportedModel = 'student',
): Promise<{ file: string; bytes: number }> {
  await requireOutside(store.folder, file);
  if (store.runs.get(run).state !== 'done') {
    throw new UserError('invalid-option', 'This run has no student yet. Wait until it is done.');
  }
  const folder = folderOfRun(store, run);
  const source = join(folder, `${model}.${endings[format]}`);
  const size = await sizeOf(source);
  if (size === undefined) {
    throw new UserError('not-found', `${source} is gone, so nothing can be saved. Distil again.`);
  }
  let bytes = size;
  for (const [from, to] of companions(source, file)) {
    const more = await sizeOf(from);
    if (more === undefined) continue;
    await copyWhole(from, to, store.unfinished);
    bytes += more;
  }
  await copyWhole(source, file, store.unfinished);
  store.exports.add({ run, format, file, bytes });
  return { file, bytes };
}

/** Files that belong to a file of a student where they are there, and where their copies go. */
function companions(source: string, file: string): [from: string, to: string][] {
  if (source.endsWith('.safetensors')) {
    const decoder = source.replace(/\.safetensors$/, '.decoder.safetensors');
    return [[decoder, `${file.replace(/\.safetensors$/i, '')}.decoder.safetensors`]];
  }
  // A large model names its weights file, which therefore keeps its name.
  const weights = `${source}.data`;
  return [[weights, join(dirname(file), basename(weights))]];
}

async function sizeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.size;
}

async function copyWhole(from: string, to: string, journal: Journal): Promise<void> {
  const copy = (temporary: string): Promise<void> => copyFile(from, temporary);
  // Copies can be made again; a large one would wait for the disk for long.
  await makeFileAtomically(to, copy, { durable: false, mode: exportMode(), journal });
}
