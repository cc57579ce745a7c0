/** File or folder that was dropped on the window. */
export interface DroppedItem {
  /** Absolute path. */
  readonly path: string;
  readonly isFolder: boolean;
}

export type Dropped =
  | { readonly kind: 'folder'; readonly folder: string }
  /** Several folders; `folder` is their common parent, null if there is none. */
  | { readonly kind: 'folders'; readonly count: number; readonly folder: string | null }
  | {
      readonly kind: 'files';
      readonly count: number;
      readonly folder: string | null;
      /** Path of the first file. */
      readonly file: string;
      readonly fileKind: DroppedFileKind;
    }
  | { readonly kind: 'nothing' };

/** Kind of a file by its extension; `image` means that it may be an image. */
export type DroppedFileKind = 'image' | 'teacher' | 'archive' | 'other';

const extensions: Readonly<Record<Exclude<DroppedFileKind, 'image'>, readonly string[]>> = {
  teacher: ['safetensors', 'pth', 'pt', 'bin', 'ckpt', 'onnx'],
  archive: ['zip', '7z', 'rar', 'tar', 'tgz'],
  other: [
    ...['pdf', 'doc', 'docx', 'odt', 'rtf', 'txt', 'md', 'html', 'htm', 'xml', 'json', 'geojson'],
    ...['csv', 'tsv', 'xls', 'xlsx', 'ods', 'ppt', 'pptx', 'mp3', 'mp4', 'mov', 'avi', 'mkv'],
    ...['py', 'ipynb', 'exe', 'log'],
  ],
};

/** Kind of a file. Any unknown extension may be an image: DICOM files often have none, or a number. */
export function fileKindOf(path: string): DroppedFileKind {
  const extension = /\.([^.\\/]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const kinds = ['teacher', 'archive', 'other'] as const;
  return kinds.find((kind) => extensions[kind].includes(extension)) ?? 'image';
}

/** True if files or folders are being dragged. */
export function hasFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes('Files') === true;
}

/** Files and folders of a drop. Items without a path, such as a picture from a browser, are left out. */
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
  const file = items.find(({ isFolder }) => !isFolder)?.path;
  if (file === undefined) return { kind: 'folders', count: items.length, folder };
  const fileKind = fileKindOf(file);
  return { kind: 'files', count: items.length, folder, file, fileKind };
}

/** Last part of a path: `scans` of `/home/someone/scans` or `C:\scans`. */
export function baseName(path: string): string {
  return partsOf(path).at(-1) ?? path;
}

/** Generic folder names of data sets, which do not name the data. */
const generalNames = /^(?:train(?:ing)?|val(?:id(?:ation)?)?|test(?:ing)?|images?|data|dataset)$/i;

/** Suggested project name for a folder of images: `nuclei` for `nuclei/train/images`. */
export function projectNameOf(path: string): string {
  return partsOf(path).findLast((part) => !generalNames.test(part)) ?? baseName(path);
}

function partsOf(path: string): string[] {
  return path.split(/[\\/]/).filter((part) => part !== '');
}

/** Parent folder of a path; null for the root of a disk. */
function folderOf(path: string): string | null {
  const parts = /^(.+)[\\/][^\\/]+[\\/]?$/.exec(path);
  return parts?.[1] ?? null;
}
