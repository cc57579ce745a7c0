import { type Dropped, baseName } from '../lib/dropped.ts';
import { notices } from '../lib/notices.svelte.ts';
import { text } from '../text/index.ts';

type NoFolder = Exclude<Dropped, { kind: 'folder' }>;
interface Action {
  readonly label: string;
  readonly run: () => void;
}

/** Actions that a notice about a drop can offer. */
export interface DropWays {
  readonly take: (folder: string) => void;
  /** Opens the step Teacher; undefined if no project is open. */
  readonly toTeacher?: (() => void) | undefined;
}

/** ID of the latest notice about a drop, which the next drop replaces. */
let latest = 0;

/** Explains what can be dropped if the drop is not one folder, and offers the parent folder. */
export function showDropNotice(dropped: NoFolder, ways: DropWays): void {
  const action = wayOn(dropped, ways);
  notices.dismiss(latest);
  latest = notices.add('attention', messageOf(dropped), action === undefined ? {} : { action });
}

/** Removes the notice about a drop. */
export function dismissDropNotice(): void {
  notices.dismiss(latest);
}

function messageOf(dropped: NoFolder): string {
  const words = text.frame.drop;
  if (dropped.kind === 'nothing') return words.nothing;
  if (dropped.kind === 'folders') return words.folders(dropped.count);
  const { count, file, fileKind } = dropped;
  return fileKind === 'image'
    ? words.files(count, baseName(file))
    : words.others[fileKind](baseName(file));
}

function wayOn(dropped: NoFolder, { take, toTeacher }: DropWays): Action | undefined {
  const words = text.frame.drop;
  if (dropped.kind === 'nothing') return undefined;
  if (dropped.kind === 'files' && dropped.fileKind !== 'image') {
    if (dropped.fileKind !== 'teacher' || toTeacher === undefined) return undefined;
    return { label: words.toTeacher, run: toTeacher };
  }
  const { folder } = dropped;
  if (folder === null) return undefined;
  return {
    label: words.take(baseName(folder)),
    run: () => {
      take(folder);
    },
  };
}
