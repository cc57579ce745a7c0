import { UserError } from '../../../core/errors.ts';
import { tiffAdvice, tiffNotes, tiffText } from '../../../text/index.ts';
import type { Level, ReadLimits } from '../image-file.ts';
import { isCameraRaw, type Directory, type TiffFile } from './directory.ts';
import { readPage, type Page } from './page.ts';
import { damaged, tooLarge, unsupported } from './problems.ts';
import { photometrics, tags } from './tags.ts';

/** Size of one of several frames. */
interface Copy extends Level {
  /** Offset of its directory. */
  readonly offset: number;
}

/** Relations of the pages in a file. */
export interface PageTree {
  readonly first: Page;
  /** Directory offsets of each frame, by level. */
  readonly frames: readonly (readonly number[])[];
  /** Levels as stored, px. */
  readonly levels: readonly Level[];
  /** Sizes or faults of pages that are neither frames nor levels, and other notes. */
  readonly notes: readonly string[];
}

/**
 * Work on all directories together, in fields. Pages may share their directories, so that a small file could list the same
 * ones a million times; a hundred thousand pages of a proper file take five million.
 */
const fieldsInAll = 8_000_000;
/** Bytes of a directory in addition to its fields. */
const fieldsOfDirectory = 30;
/** Number of subdirectories that no pyramid exceeds. */
const subDirectoryLimit = 64;
/** Bytes of the largest colour map, with 16 bits. */
const colorMapBytes = 3 * 2 * 2 ** 16;
const isMask = 4;
const isReduced = 1;

/**
 * Sorts the pages: those like the first are frames; smaller copies of a frame (after it, marked as reduced or tiled as
 * it is, or in its SubIFDs) are its levels; masks and all others are left out.
 *
 * @throws UserError as `readPage` for the first page, 'too-large' for too many
 */
export async function readPageTree(file: TiffFile, limits: ReadLimits): Promise<PageTree> {
  const { path } = file.source;
  const notes: string[] = [];
  const sorter = new PageSorter();
  const budget = new FieldBudget(path);
  let first: Page | undefined;
  for await (const directory of directories(file, notes)) {
    budget.take(directory);
    if (first === undefined) {
      if (isCameraRaw(directory)) throw unsupported(path, tiffText.cameraRaw);
      first = await readPage(file, directory, limits);
      sorter.addFrame(first, await smallerCopies(file, first, first, { limits, budget }));
      sorter.addPalette(await colorMapOf(file, first));
      continue;
    }
    const page = await readOther(file, directory, limits);
    if (page === undefined) sorter.unreadable++;
    else if (isLike(first, page) && (page.subfileType & isReduced) === 0) {
      sorter.addFrame(page, await smallerCopies(file, first, page, { limits, budget }));
      sorter.addPalette(await colorMapOf(file, page));
    } else sorter.addOther(first, page);
    if (sorter.pages > limits.frames) {
      throw tooLarge(path, tiffText.morePages(limits.frames), tiffAdvice.split);
    }
  }
  if (first === undefined) throw damaged(path, tiffText.noPage);
  const levels = commonLevels(sorter.frames);
  const frames = sorter.frames.map((copies) => {
    // The first of a size counts.
    const offsets = new Map(copies.toReversed().map((copy) => [sizeKey(copy), copy.offset]));
    return levels.map((level) => offsets.get(sizeKey(level)) ?? 0);
  });
  return { first, frames, levels, notes: [...notes, ...sorter.notes()] };
}

class FieldBudget {
  readonly #path: string;
  #left = fieldsInAll;

  constructor(path: string) {
    this.#path = path;
  }

  /** @param directory undefined if it could not be read @throws UserError 'too-large' */
  take(directory: Directory | undefined): void {
    this.#left -= fieldsOfDirectory + (directory?.fieldCount ?? 0);
    if (this.#left < 0) {
      throw tooLarge(this.#path, tiffText.tooManyFields, tiffAdvice.saveOrSplit);
    }
  }
}

class PageSorter {
  /** Copies of each frame, full size first. */
  readonly frames: Copy[][] = [];
  /** Sizes of the first of the other pages, px. */
  readonly #others: Level[] = [];
  #othersCount = 0;
  #masks = 0;
  #palette: Buffer | undefined;
  #hasPalettes = false;
  unreadable = 0;

  get pages(): number {
    return this.frames.length + this.#othersCount + this.#masks + this.unreadable;
  }

  addFrame(page: Page, smaller: readonly Copy[]): void {
    this.frames.push([copyOf(page), ...smaller]);
  }

  /** @param colorMap of a page, as stored */
  addPalette(colorMap: Buffer): void {
    this.#palette ??= colorMap;
    this.#hasPalettes ||= !colorMap.equals(this.#palette);
  }

  addOther(first: Page, page: Page): void {
    const frame = this.frames.at(-1);
    if ((page.subfileType & isMask) !== 0 || page.photometric === photometrics.mask) {
      this.#masks++;
    } else if (frame !== undefined && isSmallerCopy(first, page)) {
      frame.push(copyOf(page));
    } else {
      this.#othersCount++;
      if (this.#others.length < 5) this.#others.push({ width: page.width, height: page.height });
    }
  }

  notes(): string[] {
    const notes: string[] = [];
    if (this.#masks > 0) {
      notes.push(tiffNotes.mask);
    }
    if (this.#hasPalettes) {
      notes.push(tiffNotes.palettes);
    }
    if (this.#othersCount > 0) {
      notes.push(tiffNotes.otherPages(this.#othersCount, this.#others));
    }
    if (this.unreadable > 0) {
      notes.push(tiffNotes.unreadablePages(this.unreadable));
    }
    return notes;
  }
}

/** Reads the chain of directories; adds a note if it breaks off or loops after the first. */
async function* directories(file: TiffFile, notes: string[]): AsyncGenerator<Directory> {
  const seen = new Set<number>();
  for (let offset = file.firstDirectory; offset !== 0;) {
    if (seen.has(offset)) {
      notes.push(tiffNotes.circular);
      return;
    }
    seen.add(offset);
    const directory = await readOr(() => file.directory(offset), seen.size === 1);
    if (directory === undefined) {
      notes.push(tiffNotes.endsEarly(seen.size - 1));
      return;
    }
    yield directory;
    offset = directory.next;
  }
}

async function readOther(
  file: TiffFile,
  directory: Directory,
  limits: ReadLimits,
): Promise<Page | undefined> {
  return readOr(() => readPage(file, directory, limits), false);
}

/** Undefined for a page that is damaged or not supported, unless it is needed. */
async function readOr<T>(read: () => Promise<T>, isNeeded: boolean): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const isKnown =
      error instanceof UserError && error.code !== 'disk' && error.code !== 'cancelled';
    if (isNeeded || !isKnown) throw error;
    return undefined;
  }
}

/** Smaller copies in the page's SubIFDs. */
async function smallerCopies(
  file: TiffFile,
  first: Page,
  page: Page,
  { limits, budget }: { readonly limits: ReadLimits; readonly budget: FieldBudget },
): Promise<Copy[]> {
  const field = page.directory.fields.get(tags.subDirectories);
  const copies: Copy[] = [];
  for (const offset of await file.numbers(field, subDirectoryLimit)) {
    const directory = await readOr(() => file.directory(offset), false);
    budget.take(directory);
    const copy = directory && (await readOther(file, directory, limits));
    if (copy !== undefined && isSmallerCopy(first, copy)) copies.push(copyOf(copy));
  }
  return copies;
}

/** Empty for pages without a palette. */
async function colorMapOf(file: TiffFile, { photometric, directory }: Page): Promise<Buffer> {
  if (photometric !== photometrics.palette) return Buffer.alloc(0);
  return Buffer.from(await file.bytes(directory.fields.get(tags.colorMap), colorMapBytes));
}

function copyOf({ width, height, directory }: Page): Copy {
  return { width, height, offset: directory.offset };
}

/** Returns true if two pages hold values of one kind and size. */
export function isLike(first: Page, page: Page): boolean {
  return (
    isAlike(first, page) &&
    page.width === first.width &&
    page.height === first.height &&
    page.orientation === first.orientation
  );
}

function isAlike(first: Page, page: Page): boolean {
  return (
    page.samples === first.samples &&
    page.sampleType === first.sampleType &&
    colours(page) === colours(first) &&
    (page.subfileType & isMask) === 0
  );
}

function colours({ photometric }: Page): number {
  return photometric === photometrics.ycbcr ? photometrics.rgb : photometric;
}

/** Returns true if `page` may be `first` at a lower resolution: labels and thumbnails have other shapes. */
function isSmallerCopy(first: Page, page: Page): boolean {
  const isMarked = (page.subfileType & isReduced) !== 0;
  if (!isAlike(first, page) || (first.isTiled ? !page.isTiled : !isMarked)) return false;
  if (page.width > first.width || page.height > first.height) return false;
  if (page.width === first.width && page.height === first.height) return false;
  // Sides are rounded to whole pixels, up or down, maybe at every halving.
  const width = (first.width * page.height) / first.height;
  const height = (first.height * page.width) / first.width;
  return Math.abs(width - page.width) <= 2 || Math.abs(height - page.height) <= 2;
}

/** Sizes that every frame has, the largest first. */
function commonLevels(frames: readonly (readonly Copy[])[]): Level[] {
  const [first = []] = frames;
  const sizes = new Map(
    first.map(({ width, height }) => [sizeKey({ width, height }), { width, height }]),
  );
  const sizesOf = frames.map((copies) => new Set(copies.map(sizeKey)));
  const levels = [...sizes.values()].filter((level) =>
    sizesOf.every((own) => own.has(sizeKey(level))),
  );
  return levels.sort((a, b) => b.width * b.height - a.width * a.height);
}

function sizeKey({ width, height }: Level): string {
  return `${width} ${height}`;
}
