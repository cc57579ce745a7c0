import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { TeacherDescription } from '../contract/descriptions.ts';
import type { TeacherOverrides } from '../contract/jobs.ts';
import { UserError } from '../core/errors.ts';
import { parameterCount } from '../core/vit/architecture.ts';
import { keptBlocks } from '../core/vit/copy.ts';
import { resizeModel } from '../core/vit/resize.ts';
import type { VitModel } from '../core/vit/weights.ts';
import { hashOfFile } from '../formats/file-hash.ts';
import { describeTimm, readTimm } from '../formats/timm.ts';

export interface Teacher {
  /** File name without its extension. */
  readonly name: string;
  readonly sha256: string;
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
  const model = await readTimm(file, overrides);
  const size = typeof imageSize === 'function' ? imageSize(model) : imageSize;
  return {
    name: teacherName(file),
    sha256: (await hashOfFile(file)).toString('hex'),
    model: size === undefined ? model : resizeModel(model, size),
  };
}

/** What to call a teacher: its file's name without the extension. */
export function teacherName(file: string): string {
  return basename(file).replace(/\.[^.]*$/, '');
}

/** Images have three channels at this stage; say so before any work. */
export function requireColour(file: string, channels: number): void {
  if (channels === 3) return;
  throw new UserError(
    'unsupported',
    `${file}: this teacher takes ${channels} bands, but images are read as three (red, green, blue). Choose a teacher for colour images.`,
  );
}

/** What a teacher file holds, without reading its weights. */
export async function inspectTeacher(
  file: string,
  overrides: TeacherOverrides,
): Promise<TeacherDescription> {
  const { architecture, normalization, assumed, storedAs } = await describeTimm(file, overrides);
  const skips = Array.from({ length: architecture.depth }, (_, index) => index + 1);
  const students = skips.map((skip) => {
    const blocks = [...keptBlocks(architecture.depth, skip)];
    const parameters = parameterCount({ ...architecture, depth: blocks.length });
    return { skip, blocks, parameters };
  });
  return {
    file: resolve(file),
    bytes: (await stat(file)).size,
    sha256: (await hashOfFile(file)).toString('hex'),
    convention: 'timm',
    storedAs: [...storedAs],
    architecture: { ...architecture },
    normalization: { mean: [...normalization.mean], deviation: [...normalization.deviation] },
    assumed: [...assumed],
    parameters: parameterCount(architecture),
    // Two skip factors that keep equally many blocks differ only in which.
    students: students.filter(
      ({ blocks }, index) => blocks.length !== students[index - 1]?.blocks.length,
    ),
  };
}
