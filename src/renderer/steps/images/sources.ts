import type { FolderContents, ProjectTask } from '../../../contract/app.ts';
import { nameOf } from '../../lib/dropped.ts';
import { text } from '../../text/index.ts';

export type Source = 'folders' | 'csv' | 'none';

export interface SourceChoice {
  readonly value: Source;
  readonly title: string;
  readonly why: string;
}

/** Names that a sentence takes before it says how many more there are. */
const namedClasses = 4;
/** Images a class below which many folders are patients or series, more likely than classes. */
const fewPerClass = 3;
const manyClasses = 20;

/** How labels may come with what a folder holds; the first is the most likely. */
export function sourcesOf(contents: FolderContents, task: ProjectTask = 'single'): SourceChoice[] {
  const { masks, classCount, table } = contents;
  const words = text.images.dialog.options;
  const none = { value: 'none', ...words.none } as const;
  const csv = { value: 'csv', ...words.csv } as const;
  const given = table === null ? csv : { ...csv, why: words.csv.found(nameOf(table)) };
  if (task === 'segmentation') return outlinedSources(given);
  if (masks > 0 || classCount === 0) return table === null ? [none, given] : [given, none];
  const folders = {
    value: 'folders',
    title: words.folders.title,
    why: whyFolders(contents),
  } as const;
  if (table !== null) return [given, folders, none];
  return isUnlikely(contents) ? [none, folders, given] : [folders, given, none];
}

/** Classes of whole images mean nothing there; a table may say what is held out and what belongs together. */
function outlinedSources(table: SourceChoice): SourceChoice[] {
  const words = text.images.dialog.options.outlined;
  return [
    { value: 'none', ...words.none },
    { ...table, ...words.csv },
  ];
}

/** So many folders with so few images are hardly classes. */
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
