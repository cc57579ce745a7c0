import { stat } from 'node:fs/promises';
import { className } from '../../contract/app.ts';
import type { Project } from '../../contract/app.ts';
import { UserError } from '../../core/errors.ts';
import type { ImageToImport } from './import-images.ts';

/** @throws UserError 'invalid-labels' where an image has no or several labels and should have one */
export function requireLabelsOfTask(
  { task, name }: Project,
  images: readonly ImageToImport[],
): void {
  if (task === 'several') return;
  const odd = images.find(({ isLabelled, labels }) => isLabelled && labels.length !== 1);
  if (!odd) return;
  const found =
    odd.labels.length === 0 ? 'none of the labels' : `several (${odd.labels.join(', ')})`;
  throw new UserError(
    'invalid-labels',
    `${odd.path} has ${found}, but in the project ${name} an image has one class. Correct the table, or make a project for several labels.`,
  );
}

/** A class's name must be one that the contract knows, or nothing could be shown of the project again. */
export function requireClassNames(images: readonly ImageToImport[]): void {
  for (const { path, labels } of images) {
    const bad = labels.find((label) => !className.safeParse(label).success);
    if (bad === undefined) continue;
    throw new UserError(
      'invalid-labels',
      `${path} is labelled “${bad.slice(0, 40)}${bad.length > 40 ? '…' : ''}”, which cannot be the name of a class: it must have 1 to 200 characters that can be seen. Rename the folder or the label.`,
    );
  }
}

/** A class's name as the contract keeps it, so that what looks the same is the same. */
export function writtenName(name: string): string {
  return name.trim().normalize('NFC');
}

/** @throws UserError 'not-found' where a folder is gone */
export async function requireFolder(folder: string, added: number): Promise<void> {
  if (await stat(folder).catch(() => undefined)) return;
  throw new UserError(
    'not-found',
    `${folder} is no longer there; it was moved, removed or its disk taken out. ${added} images came in before that and stay. Import the folder again when it is back.`,
  );
}
