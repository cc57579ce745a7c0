import type { Card } from '../../contract/catalogue.ts';
import type { TeacherDescription } from '../../contract/descriptions.ts';
import type { TeacherOverrides } from '../../contract/jobs.ts';
import { hashOfFile } from '../../formats/files/file-hash.ts';
import { requireUsable } from '../catalogue/card-fit.ts';
import { inspectTeacher, teacherStamp } from '../teachers/teacher.ts';
import type { TaskContext } from './task.ts';

export interface InspectRequest {
  readonly file: string;
  readonly overrides: TeacherOverrides;
}

/**
 * Describes a teacher file.
 *
 * @throws UserError as `inspectTeacher`
 */
export async function inspect(
  { file, overrides }: InspectRequest,
  { at, alive }: TaskContext,
): Promise<TeacherDescription> {
  at(file);
  return inspectTeacher(file, overrides, alive);
}

/**
 * Computes the stamp of a teacher's files.
 *
 * @throws UserError as `teacherStamp`
 */
export async function stampTeacher(
  { path }: { readonly path: string },
  { at }: TaskContext,
): Promise<string> {
  at(path);
  return teacherStamp(path);
}

export interface CardFileRequest {
  readonly card: Card;
  /** Name of the file in the card's list. */
  readonly name: string;
  readonly path: string;
}

/**
 * Checks that a downloaded file can be one of a card's.
 *
 * @throws UserError as `requireUsable`
 */
export async function checkCardFile(
  { card, name, path }: CardFileRequest,
  { at }: TaskContext,
): Promise<null> {
  at(path);
  await requireUsable(card, name, path);
  return null;
}

/**
 * Returns the SHA-256 of a file.
 *
 * @throws UserError as `hashOfFile`
 */
export async function hashFile(
  { path }: { readonly path: string },
  { at, alive }: TaskContext,
): Promise<Uint8Array> {
  at(path);
  return Uint8Array.from(await hashOfFile(path, alive));
}
