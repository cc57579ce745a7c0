import { copyFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { ExportFormat, ExportedModel } from '../../../contract/app.ts';
import { UserError } from '../../../core/errors.ts';
import { makeFileAtomically } from '../../../formats/files/write-file.ts';
import type { Journal } from '../../../formats/files/write-file.ts';
import type { Store } from '../../../store/store.ts';
import { requireOutside } from '../../files/outside.ts';
import { exportMode } from '../../files/private-files.ts';
import { folderOfRun } from './runs.ts';
import { studentText } from '../../../text/index.ts';

/** File endings of a student's formats, after the name of the model. */
const endings: Readonly<Record<ExportFormat, string>> = {
  float32: 'onnx',
  float16: 'fp16.onnx',
  int8: 'int8.onnx',
  safetensors: 'safetensors',
};

/**
 * Copies one format of a student to a chosen file, each file completely or not at all: with the weights file of a
 * large model, and with the decoder of a segmentation student, as `x.decoder.safetensors` next to `x.safetensors`.
 *
 * @param file absolute path; an existing file is replaced
 * @param model the student, or the untrained copy of a run in which that performed better
 * @throws UserError 'not-found' if the run's file is missing, 'disk' if the copy cannot be written
 */
export async function copyExport(
  store: Store,
  run: number,
  format: ExportFormat,
  file: string,
  model: ExportedModel = 'student',
): Promise<{ file: string; bytes: number }> {
  await requireOutside(store.folder, file);
  if (store.runs.get(run).state !== 'done') {
    throw new UserError('invalid-option', studentText.notDone);
  }
  const folder = folderOfRun(store, run);
  const source = join(folder, `${model}.${endings[format]}`);
  const size = await sizeOf(source);
  if (size === undefined) {
    throw new UserError('not-found', studentText.notSaved(source));
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

/** Files that accompany a student's file if they exist, with the paths of their copies. */
function companions(source: string, file: string): [from: string, to: string][] {
  if (source.endsWith('.safetensors')) {
    const decoder = source.replace(/\.safetensors$/, '.decoder.safetensors');
    return [[decoder, `${file.replace(/\.safetensors$/i, '')}.decoder.safetensors`]];
  }
  // A large model refers to its weights file by name, so the copy keeps that name.
  const weights = `${source}.data`;
  return [[weights, join(dirname(file), basename(weights))]];
}

async function sizeOf(file: string): Promise<number | undefined> {
  const found = await stat(file).catch(() => undefined);
  return found?.size;
}

async function copyWhole(from: string, to: string, journal: Journal): Promise<void> {
  const copy = (temporary: string): Promise<void> => copyFile(from, temporary);
  // Not flushed: copies can be recreated, and a large one would take long.
  await makeFileAtomically(to, copy, { durable: false, mode: exportMode(), journal });
}
