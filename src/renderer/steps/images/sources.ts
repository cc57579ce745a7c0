import type { FolderContents, ProjectTask } from '../../../contract/app.ts';
import { baseName } from '../../lib/dropped.ts';
import { text } from '../../text/index.ts';
import { imagesTasks } from './images-tasks.ts';

export type LabelSourceKind = 'folders' | 'csv' | 'none';

export interface SourceChoice {
  readonly value: LabelSourceKind;
  readonly title: string;
  readonly why: string;
}

/** Number of classes that are named; the others are counted. */
const namedClasses = 4;
/** Images per class below which many folders are more likely patients or series than classes. */
const fewPerClass = 3;
const manyClasses = 20;

/** Possible sources of labels in a folder, the most likely first. */
export function sourcesOf(contents: FolderContents, task: ProjectTask = 'single'): SourceChoice[] {
  const { masks, classCount, table } = contents;
  const words = text.images.dialog.options;
  const none = { value: 'none', ...words.none } as const;
  const csv = { value: 'csv', ...words.csv } as const;
  const given = table === null ? csv : { ...csv, why: words.csv.found(baseName(table)) };
  if (imagesTasks[task].hasMasks) return outlinedSources(given);
  if (masks > 0 || classCount === 0) return table === null ? [none, given] : [given, none];
  const folders = {
    value: 'folders',
    title: words.folders.title,
    why: whyFolders(contents),
  } as const;
  if (table !== null) return [given, folders, none];
  return isUnlikely(contents) ? [none, folders, given] : [folders, given, none];
}

/** Sources for segmentation: classes of whole images do not apply, but a table may mark test images and groups. */
function outlinedSources(table: SourceChoice): SourceChoice[] {
  const words = text.images.dialog.options.outlined;
  return [
    { value: 'none', ...words.none },
    { ...table, ...words.csv },
  ];
}

/** True if folders are too many, with too few images each, to be classes. */
function isUnlikely({ classCount, labelled }: FolderContents): boolean {
  return classCount > manyClasses && labelled < fewPerClass * classCount;
}

function whyFolders(contents: FolderContents): string {
  const { images, labelled, classCount, classes } = contents;
  const words = text.images.dialog.options.folders;
  const names = classes.slice(0, namedClasses).map(({ name }) => name);
  return [
    words.classes(classCount, names),
    ...(isUnlikely(contents) ? [words.unlikely] : []),
    ...(classCount === 1 ? [words.one] : []),
    ...(labelled < images ? [words.outside(images - labelled)] : []),
  ].join(' ');
}
