/** Something that was dropped on the window. */
export interface DroppedItem {
  /** Absolute. */
  readonly path: string;
  readonly isFolder: boolean;
}

export type Dropped =
  | { readonly kind: 'folder'; readonly folder: string }
  /** Several things, or a file; `folder` holds them all, where one does. */
  | { readonly kind: 'folders'; readonly count: number; readonly folder: string | null }
  | { readonly kind: 'files'; readonly count: number; readonly folder: string | null }
  | { readonly kind: 'nothing' };

/** Whether something is dragged that has a place on a disk. */
export function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') === true;
}

/** What a drop holds; a picture dragged out of a browser, say, has no place and is left out. */
export function itemsOf(transfer: DataTransfer | null): DroppedItem[] {
  const items = [...(transfer?.items ?? [])].filter(({ kind }) => kind === 'file');
  return items.flatMap((item) => {
    const file = item.getAsFile();
    const path = file === null ? '' : window.understudy.pathOf(file);
    const isFolder = item.webkitGetAsEntry()?.isDirectory === true;
    return path === '' ? [] : [{ path, isFolder }];
  });
}

export function whatDropped(items: readonly DroppedItem[]): Dropped {
  const [first] = items;
  if (first === undefined) return { kind: 'nothing' };
  if (items.length === 1 && first.isFolder) return { kind: 'folder', folder: first.path };
  const folders = new Set(items.map(({ path }) => folderOf(path)));
  const folder = folders.size === 1 ? folderOf(first.path) : null;
  const kind = items.every(({ isFolder }) => isFolder) ? 'folders' : 'files';
  return { kind, count: items.length, folder };
}

/** The last part of a path: `scans` of `/home/someone/scans` or `C:\scans`. */
export function nameOf(path: string): string {
  return partsOf(path).at(-1) ?? path;
}

/** Names that say what is in a folder of a data set, and not which. */
const generalNames = /^(?:train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?|images?|data|dataset)$/i;

/** What a project of this folder's images would be called: `nuclei` for `nuclei/train/images`. */
export function projectNameOf(path: string): string {
  return partsOf(path).findLast((part) => !generalNames.test(part)) ?? nameOf(path);
}

function partsOf(path: string): string[] {
  return path.split(/[\\/]/).filter((part) => part !== '');
}

/** What holds it; null for a disk as a whole. */
function folderOf(path: string): string | null {
  const parts = /^(.+)[\\/][^\\/]+[\\/]?$/.exec(path);
  return parts?.[1] ?? null;
}
