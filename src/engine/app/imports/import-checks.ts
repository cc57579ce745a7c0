import { stat } from 'node:fs/promises';
import { className } from '../../../contract/app.ts';
import type { Project } from '../../../contract/app.ts';
import { UserError } from '../../../core/errors.ts';
import type { ImageToImport } from './import-images.ts';
import { folderImportText } from '../../../text/index.ts';

/**
 * @throws UserError 'invalid-labels' if an image has no label, or several although the task requires one
 */
export function requireLabelsOfTask(
  { task, name }: Project,
  images: readonly ImageToImport[],
): void {
  if (task === 'several') return;
  const odd = images.find(({ isLabelled, labels }) => isLabelled && labels.length !== 1);
  if (!odd) return;
  const { path, labels } = odd;
  throw new UserError(
    'invalid-labels',
    labels.length === 0
      ? folderImportText.noLabel(path, name)
      : folderImportText.severalLabels(path, labels, name),
  );
}

/**
 * Throws for a class name that the contract does not allow, and for a group with a NUL character, because they would
 * make the project unreadable.
 */
export function requireNames(images: readonly ImageToImport[]): void {
  for (const { path, labels, group } of images) {
    if (group?.includes('\0') === true) {
      throw new UserError('invalid-labels', folderImportText.nulInGroup(path));
    }
    const label = labels.find((one) => !className.safeParse(one).success);
    if (label === undefined) continue;
    throw new UserError('invalid-labels', folderImportText.invalidLabel({ path, label }));
  }
}

/** Returns the normalised class name, so that names that look equal are equal. */
export function writtenName(name: string): string {
  return name.trim().normalize('NFC');
}

/** @throws UserError 'not-found' if the folder no longer exists */
export async function requireFolder(folder: string, added: number): Promise<void> {
  if (await stat(folder).catch(() => undefined)) return;
  throw new UserError('not-found', folderImportText.folderGone(folder, added));
}
