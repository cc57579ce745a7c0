import type { FoundImage } from '../../labels/labelled-images.ts';
import { isMaskFolder } from '../../labels/mask-folders.ts';

/** An image, and a file that may be its mask. */
export interface NamedPair {
  readonly image: FoundImage;
  readonly mask: FoundImage;
}

/** Pairs of one kind: their contents decide for all of them together. */
export interface PairGroup {
  /** `word`: the name or the folder marks the mask; `extension`: only the extensions differ. */
  readonly kind: 'word' | 'extension';
  readonly pairs: readonly NamedPair[];
}

/** Words that tools put before or after the name of an image to name its mask. */
const words: ReadonlySet<string> = new Set([
  ...['mask', 'masks', 'label', 'labels', 'labelids', 'gt', 'seg', 'segm', 'segmentation'],
  ...['annotation', 'annotations', 'groundtruth'],
]);
const marks: ReadonlySet<string> = new Set(['_', '-', ' ', '.']);

/**
 * Finds files that may be masks of others by their names: `001_mask.png` or `mask-001.png` next to `001.jpg`,
 * `labels/001.png` next to or below the folder of `001.jpg`, and `001.bmp` next to `001.png`. `extension` has one group
 * per direction. Reads every name once.
 */
export function pairsByName(found: readonly FoundImage[]): PairGroup[] {
  const places = found.map(placed);
  const byStem = new Map<string, PlacedFile[]>();
  for (const one of places) put(byStem, one.folder + one.stem, one);
  const named = new Map<string, NamedPair[]>();
  const paired = new Set<FoundImage>();
  for (const mask of places) {
    const [image, ...others] = partnersOf(mask, byStem);
    // A mask that matches several images is ambiguous.
    if (image === undefined || others.length > 0) continue;
    paired.add(mask.file).add(image.file);
    put(named, mask.folder === image.folder ? mask.word : mask.folder, {
      image: image.file,
      mask: mask.file,
    });
  }
  const groups: PairGroup[] = [...named.values()].map((pairs) => ({ kind: 'word', pairs }));
  const extensions = new Map<string, NamedPair[]>();
  for (const twins of byStem.values()) {
    const [first, second] = twins.filter(({ file }) => !paired.has(file));
    if (first === undefined || second === undefined || twins.length !== 2) continue;
    for (const [image, mask] of [
      [first, second],
      [second, first],
    ] as const) {
      const direction = `${image.extension} ${mask.extension}`;
      put(extensions, direction, { image: image.file, mask: mask.file });
    }
  }
  for (const pairs of extensions.values()) groups.push({ kind: 'extension', pairs });
  return groups;
}

interface PlacedFile {
  readonly file: FoundImage;
  /** '' or ending in `/`. */
  readonly folder: string;
  readonly stem: string;
  /** Extension in lower case, without the dot. */
  readonly extension: string;
  /** Word of the name that marks a mask, and the rest of the name; '' without one. */
  readonly word: string;
  readonly rest: string;
}

function placed(file: FoundImage): PlacedFile {
  const name = file.name.normalize('NFC');
  const slash = name.lastIndexOf('/') + 1;
  const base = name.slice(slash);
  const dot = base.toLowerCase().endsWith('.nii.gz') ? base.length - 7 : base.lastIndexOf('.');
  const stem = dot > 0 ? base.slice(0, dot) : base;
  const extension = dot > 0 ? base.slice(dot + 1).toLowerCase() : '';
  return { file, folder: name.slice(0, slash), stem, extension, ...wordIn(stem) };
}

function wordIn(stem: string): { readonly word: string; readonly rest: string } {
  let first = 0;
  while (first < stem.length && !marks.has(stem[first] ?? '')) first++;
  let last = stem.length - 1;
  while (last >= 0 && !marks.has(stem[last] ?? '')) last--;
  const behind = stem.slice(last + 1).toLowerCase();
  if (last > 0 && words.has(behind)) return { word: `behind ${behind}`, rest: stem.slice(0, last) };
  const before = stem.slice(0, first).toLowerCase();
  if (first < stem.length - 1 && words.has(before)) {
    return { word: `before ${before}`, rest: stem.slice(first + 1) };
  }
  return { word: '', rest: '' };
}

/** Returns the images that a file may be the mask of, by its own name or that of its folder. */
function partnersOf(
  { file, folder, stem, word, rest }: PlacedFile,
  byStem: ReadonlyMap<string, PlacedFile[]>,
): PlacedFile[] {
  const at = (key: string): PlacedFile[] =>
    (byStem.get(key) ?? []).filter((one) => one.file !== file && one.word === '');
  const own = word === '' ? [] : at(folder + rest);
  if (own.length > 0) return own;
  const parts = folder.split('/').slice(0, -1);
  const depth = parts.findLastIndex(isMaskFolder);
  if (depth < 0) return [];
  const above = parts.slice(0, depth).map((part) => `${part}/`);
  const below = parts.slice(depth + 1).map((part) => `${part}/`);
  const names = word === '' ? [stem] : [stem, rest];
  return names.flatMap((name) => at([...above, ...below, name].join('')));
}

function put<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const there = map.get(key);
  if (there) there.push(value);
  else map.set(key, [value]);
}
