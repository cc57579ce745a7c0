import type { FolderContents } from '../app.ts';

/** Contents of a folder of unlabelled images. */
export function contentsOf(change: Partial<FolderContents>): FolderContents {
  return {
    images: 4,
    hasVolumes: false,
    test: 0,
    masks: 0,
    maskSources: [],
    labelled: 0,
    classCount: 0,
    classes: [],
    table: null,
    inner: null,
    ...change,
  };
}
