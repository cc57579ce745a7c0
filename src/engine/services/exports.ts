import { copyFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ExportFormat } from '../../contract/app.ts';
import { UserError } from '../../core/errors.ts';
import { makeFileAtomically } from '../../formats/write-file.ts';
import type { Journal } from '../../formats/write-file.ts';
import type { Store } from '../../store/store.ts';
import { requireOutside } from '../outside.ts';
import { exportMode } from '../private-files.ts';
import { folderOfRun } from './runs.ts';

/** The files of a finished run. */
const names: Readonly<Record<ExportFormat, string>> = {
  float32: 'student.onnx',
  float16: 'student.fp16.onnx',
  int8: 'student.int8.onnx',
  safetensors: 'student.safetensors',
};

/**
 * Copies one form of a student to where the user wants it, as a whole or not at all.
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
  await requireOutside(store.folder, file);
  if (store.runs.get(run).state !== 'done') {
    throw new UserError('invalid-option', 'This run has no student yet. Wait until it is done.');
  }
  const folder = folderOfRun(store, run);
  const source = join(folder, names[format]);
  const size = await sizeOf(source);
  if (size === undefined) {
    throw new UserError('not-found', `${source} is gone, so nothing can be saved. Distil again.`);
  }
  // A large model names its weights file, so that keeps its name beside it.
  const weights = `${source}.data`;
  const weightsSize = await sizeOf(weights);
  if (weightsSize !== undefined)
    await copyWhole(weights, join(dirname(file), basename(weights)), store.unfinished);
  await copyWhole(source, file, store.unfinished);
  const bytes = size + (weightsSize ?? 0);
  store.exports.add({ run, format, file, bytes });
  return { file, bytes };
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
