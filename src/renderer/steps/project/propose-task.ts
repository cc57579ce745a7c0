import type { FolderContents, ProjectTask } from '../../../contract/app.ts';

/** Proposes a task for a folder of images by its contents. */
export function proposeTask(contents: FolderContents | null): ProjectTask {
  if (contents === null) return 'single';
  return contents.masks > 0 || contents.maskSources.length > 0 ? 'segmentation' : 'single';
}

/** Number of mask files in the folder; a file with the masks of all images counts once. */
export function maskFiles({ masks, maskSources }: FolderContents): number {
  return masks > 0 ? masks : maskSources.reduce((sum, { files }) => sum + files, 0);
}
