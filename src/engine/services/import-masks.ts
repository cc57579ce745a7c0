import { className } from '../../contract/app.ts';
import type { ClassTarget, MaskImport } from '../../contract/mask-sources.ts';
import type { Project } from '../../contract/app.ts';
import { nextColour } from '../../contract/palette.ts';
import { UserError } from '../../core/errors.ts';
import { whyReserved } from '../../core/mask/class-names.ts';
import { ignoreValue, lastClassValue, tileCounts, type TilePlace } from '../../core/mask/tiles.ts';
import type { FoundImage, ImageProblem } from '../../formats/labelled-images.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { MaskSource, OpenMask, SizedImage } from '../../formats/masks/mask-source.ts';
import type { Store } from '../../store/store.ts';
import { writtenName } from './import-checks.ts';
import { breathe } from '../job.ts';

/** Tiles that are saved together, 16 MB. */
const tilesAtOnce = 64;
const undecided = -1;

interface PaintedTile extends TilePlace {
  readonly pixels: Uint8Array;
}

/**
 * The masks that one import brings: into the layer of the person, tile by tile, as their values were
 * assigned to classes. Nothing is decided in silence: a mask with a value that nobody assigned is left out
 * and told of, and where an image has a mask already it stays unless the import was told to replace it.
 */
export class ImportMasks {
  readonly #store: Store;
  readonly #source: MaskSource;
  readonly #plan: MaskImport;
  readonly #signal: AbortSignal;
  readonly #tell: (problem: ImageProblem) => void;
  /** By value of the source, value in the project. */
  readonly #values: Int16Array;
  /** What this import has written, with the place that it came from. */
  readonly #written = new Map<number, string>();
  #kept = 0;

  /**
   * Makes the classes that are to be made.
   *
   * @throws UserError 'invalid-option' where the project outlines no regions, a class is not its, or has
   * no value in masks
   */
  constructor(
    store: Store,
    project: Project,
    source: MaskSource,
    plan: MaskImport,
    signal: AbortSignal,
    tell: (problem: ImageProblem) => void,
  ) {
    if (project.task !== 'segmentation') {
      throw new UserError(
        'invalid-option',
        `${project.name} gives classes to whole images, so masks cannot come in. Make a project that outlines regions.`,
      );
    }
    this.#store = store;
    this.#source = source;
    this.#plan = plan;
    this.#signal = signal;
    this.#tell = tell;
    this.#values = store.transaction(() => valuesOf(store, project.id, plan, source.classes));
  }

  /** Files that are labels and no images. */
  get claimed(): ReadonlySet<string> {
    return this.#source.claimed;
  }

  get kind(): MaskSource['kind'] {
    return this.#source.kind;
  }

  /** Images whose masks this import has written. */
  get count(): number {
    return this.#written.size;
  }

  /** Found out when the source was opened. */
  get problems(): readonly ImageProblem[] {
    return this.#source.problems;
  }

  /** @param rows the images in the project, in the same order */
  async apply(
    images: readonly FoundImage[],
    rows: readonly { readonly id: number }[],
  ): Promise<void> {
    for (const [index, image] of images.entries()) {
      const row = rows[index];
      if (row === undefined || this.#signal.aborted) continue;
      try {
        await this.#applyOne(image, row.id);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        if (error.code === 'cancelled') return;
        const path = placeName(image);
        this.#tell({ path, reason: `${path} came in without its mask. ${error.message}` });
      }
    }
  }

  /** Tells what is told once. */
  end(folder: string): void {
    const { kind } = this.#source;
    const isByPlace = kind === 'geojson' || kind === 'geotiff';
    if (isByPlace && this.#written.size + this.#kept === 0) {
      // Nothing else would tell of coordinates that were exchanged, say.
      const path = this.#plan.source.path;
      this.#tell({
        path,
        reason: 'nothing in it lies on any of the images. Check its coordinates',
      });
    }
    if (this.#kept === 0) return;
    const images = this.#kept === 1 ? 'One image has' : `${this.#kept} images have`;
    this.#tell({
      path: folder,
      reason: `${images} a mask in the project already, which was kept; the one in the folder was left out`,
    });
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  async #applyOne(image: FoundImage, id: number): Promise<void> {
    const { width, height } = this.#store.images.get(id);
    const mask = await this.#source.maskFor({ ...image, width, height });
    if (mask === undefined) return;
    try {
      if (!this.#mayWrite(image, id)) return;
      await this.#write({ ...image, width, height }, id, mask);
    } finally {
      await mask.close();
    }
  }

  #mayWrite(image: FoundImage, id: number): boolean {
    const path = placeName(image);
    const before = this.#written.get(id);
    if (before === path) return false;
    if (before !== undefined) {
      this.#tell({
        path,
        reason: `${path} is the same image as ${before}, whose mask was taken. Its own was left out`,
      });
      return false;
    }
    const there = this.#store.masks.get(id, 'human');
    if (there !== undefined && this.#plan.onConflict === 'keep') {
      this.#kept++;
      return false;
    }
    return true;
  }

  /** All of the mask or none: what was there before stays until all of the new is there. */
  async #write(image: SizedImage, id: number, mask: OpenMask): Promise<void> {
    const { masks } = this.#store;
    const path = placeName(image);
    const staged = masks.stage();
    try {
      for await (const tiles of this.#tiles(image, mask)) staged.put(tiles);
      // A person may have begun to paint meanwhile.
      if (!this.#mayWrite(image, id)) return;
      masks.replace(id, 'human', this.#plan.state, staged);
    } finally {
      staged.drop();
    }
    this.#written.set(id, path);
    const notes = mask.notes();
    if (notes.length > 0)
      this.#tell({ path, reason: `In the mask of ${path} ${notes.join('; ')}` });
  }

  /** Those that are not all background, some at a time. */
  async *#tiles(image: SizedImage, mask: OpenMask): AsyncGenerator<PaintedTile[]> {
    const { columns, rows } = tileCounts(image);
    let some: PaintedTile[] = [];
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        if (this.#signal.aborted) throw new UserError('cancelled', 'The import was stopped.');
        const stored = await mask.tile(x, y);
        if (stored === null) continue;
        some.push({ x, y, pixels: this.#translated(stored, mask) });
        if (some.length < tilesAtOnce) continue;
        yield some;
        some = [];
        await breathe();
      }
    }
    if (some.length > 0) yield some;
  }

  #translated(stored: Uint8Array, mask: OpenMask): Uint8Array {
    const pixels = new Uint8Array(stored.length);
    for (let at = 0; at < stored.length; at++) {
      const from = stored[at] ?? 0;
      if (from === 0) continue;
      const value = this.#values[from] ?? undecided;
      if (value === undecided) throw this.#undecided(from, mask);
      pixels[at] = value;
    }
    return pixels;
  }

  #undecided(value: number, { classes }: OpenMask): UserError {
    const found = this.#source.classes.find((one) => one.value === value);
    const name = found?.name ?? classes.find((one) => one.value === value)?.name;
    const what =
      name === null || name === undefined
        ? `the ${found?.number == null ? `colour ${found?.colour ?? '?'}` : `number ${found.number}`}`
        : `the class “${name}”`;
    return new UserError(
      'invalid-labels',
      `It has ${what}, for which no class of the project was chosen. Import the folder again and choose one.`,
    );
  }
}

function valuesOf(
  store: Store,
  project: number,
  { classes }: MaskImport,
  found: MaskSource['classes'],
): Int16Array {
  requireRoom(store, project, classes);
  const values = new Int16Array(256).fill(undecided);
  values[0] = 0;
  values[ignoreValue] = ignoreValue;
  for (const { value, to } of classes) {
    const colour = found.find((one) => one.value === value)?.colour ?? null;
    values[value] = valueOf(store, project, to, colour);
  }
  return values;
}

/** @throws UserError 'too-large' where the project's classes and those to be made are more than masks hold */
function requireRoom(store: Store, project: number, classes: MaskImport['classes']): void {
  const known = new Set(store.classes.list(project).map(({ name }) => name));
  const created = classes.flatMap(({ to }) =>
    typeof to === 'object' && 'create' in to ? [writtenName(to.create)] : [],
  );
  const fresh = new Set(created.filter((name) => !known.has(name)));
  if (fresh.size === 0 || known.size + fresh.size <= lastClassValue) return;
  throw new UserError(
    'too-large',
    `The masks bring ${fresh.size} new classes and the project has ${known.size}, but masks hold ${lastClassValue}. Choose classes of the project for some of them, or background or ignore.`,
  );
}

function valueOf(store: Store, project: number, to: ClassTarget, colour: string | null): number {
  if (to === 'background') return 0;
  if (to === 'ignore') return ignoreValue;
  const known = store.classes.list(project);
  const wanted =
    'class' in to
      ? known.find(({ id }) => id === to.class)
      : (known.find(({ name }) => name === writtenName(to.create)) ??
        made(store, project, to.create, colour));
  if (wanted === undefined) {
    throw new UserError(
      'invalid-option',
      'A class that masks were assigned to is no longer in the project. Import the folder again.',
    );
  }
  if (wanted.maskValue !== null) return wanted.maskValue;
  throw new UserError(
    'invalid-option',
    `The class ${wanted.name} is past the 254th, which masks cannot hold. Remove classes first.`,
  );
}

/** Where regions are drawn nothing can be seen of it. */
const black = '#000000';

/**
 * In the colour that it has where it comes from, unless another class has that.
 *
 * @throws UserError 'invalid-labels' for a name with which nothing could be shown of the project again
 */
function made(
  store: Store,
  project: number,
  name: string,
  wanted: string | null,
): ReturnType<Store['classes']['list']>[number] | undefined {
  if (!className.safeParse(name).success) {
    throw new UserError(
      'invalid-labels',
      `The masks have a class “${name.slice(0, 40)}${name.length > 40 ? '…' : ''}”, which cannot be the name of one: it must have 1 to 200 characters that can be seen. Choose a class of the project for it, or another name.`,
    );
  }
  const why = whyReserved(name);
  if (why !== null) {
    throw new UserError(
      'invalid-labels',
      `${why} Choose what becomes of it (background, ignore or a class of the project), or another name.`,
    );
  }
  const taken = store.classes.list(project).map(({ colour }) => colour);
  const isFree = wanted !== null && wanted !== black && !taken.includes(wanted);
  const colour = isFree ? wanted : nextColour(taken);
  const id = store.classes.add(project, { name: writtenName(name), colour });
  return store.classes.list(project).find((one) => one.id === id);
}
