import type { MaskImport, SourceClass, WatchedMasks } from '../../contract/mask-sources.ts';
import type { Project } from '../../contract/app.ts';
import { UserError } from '../../core/errors.ts';
import { tileCounts, type TilePlace } from '../../core/mask/tiles.ts';
import type { FoundImage, ImageProblem } from '../../formats/labelled-images.ts';
import { placeName } from '../../formats/labelled-images.ts';
import type { MaskSource, OpenMask, SizedImage } from '../../formats/masks/mask-source.ts';
import type { Store } from '../../store/store.ts';
import { AssignedClasses, gone, undecided, type AssignedValues } from './assigned-classes.ts';
import { breathe } from '../job.ts';

/** Tiles that are saved together, 16 MB. */
const tilesAtOnce = 64;

/** How masks come in: as a person chose just now, or with a watched folder. */
export interface MaskPlan extends MaskImport {
  /** The classes that it speaks of. */
  readonly looked: readonly SourceClass[];
  readonly isWatched: boolean;
}

/** Told of the files that have a mask which was left out. */
export type LeaveOut = (labels: readonly string[], reason: string) => void;

interface PaintedTile extends TilePlace {
  readonly pixels: Uint8Array;
}

/**
 * The masks that one import brings: into the layer of the person, tile by tile, as their values were
 * assigned to classes. Nothing is decided in silence: a mask with a value that nobody assigned is left out
 * and told of, and where an image has a mask already it stays unless the import was told to replace it. Of a
 * class that is removed meanwhile no more comes in, which is told of.
 */
export class ImportMasks {
  readonly #store: Store;
  readonly #source: MaskSource;
  readonly #plan: MaskPlan;
  readonly #signal: AbortSignal;
  readonly #tell: (problem: ImageProblem) => void;
  readonly #leaveOut: LeaveOut;
  readonly #classes: AssignedClasses;
  /** Classes that went while masks came in, and are told of; by name. */
  readonly #told = new Set<string>();
  readonly #goneBefore = new Set<string>();
  /** What this import has written, with the place that it came from. */
  readonly #written = new Map<number, string>();
  #kept = 0;

  /**
   * Makes the classes that are to be made.
   *
   * @throws UserError 'invalid-option' where the project outlines no regions; as `AssignedClasses`
   */
  constructor(
    store: Store,
    project: Project,
    source: MaskSource,
    plan: MaskPlan,
    signal: AbortSignal,
    tell: (problem: ImageProblem) => void,
    leaveOut: LeaveOut,
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
    this.#leaveOut = leaveOut;
    const { looked, isWatched: isKept } = plan;
    const classes = { found: source.classes, looked, isKept };
    this.#classes = new AssignedClasses(store, project.id, plan, classes);
    // What was gone before is told of where there is something of it.
    if (isKept)
      for (const name of this.#classes.current().gone.values()) this.#goneBefore.add(name);
  }

  /** Files that are labels and no images. */
  get claimed(): ReadonlySet<string> {
    return this.#source.claimed;
  }

  get kind(): MaskSource['kind'] {
    return this.#source.kind;
  }

  /** How the masks of what comes later come in. */
  get watched(): WatchedMasks {
    const { source, onConflict, state } = this.#plan;
    const { table, classes: looked } = this.#source;
    return {
      ...{ source, onConflict, state, classes: this.#classes.plan, looked: [...looked] },
      table: table && { byColour: table.byColour, values: [...table.values] },
    };
  }

  /** Files that have the mask of an image, or of its slices. */
  labelsOf(path: string): readonly string[] {
    return this.#source.labelsOf(path);
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
        this.#leaveOut(this.labelsOf(image.path), error.message);
      }
    }
  }

  /** Tells what is told once. */
  end(folder: string): void {
    const { kind } = this.#source;
    const isByPlace = kind === 'geojson' || kind === 'geotiff';
    for (const name of this.#classes.current().gone.values()) {
      if (!this.#goneBefore.has(name)) this.#tellOfGone(folder, name);
    }
    if (isByPlace && !this.#plan.isWatched && this.#written.size + this.#kept === 0) {
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

  #tellOfGone(path: string, name: string): void {
    if (this.#told.has(name)) return;
    this.#told.add(name);
    this.#tell({
      path,
      reason: `The class “${name}” is no longer in the project, so its regions were left out; the other classes of the masks came in`,
    });
  }

  async close(): Promise<void> {
    await this.#source.close();
  }

  async #applyOne(image: FoundImage, id: number): Promise<void> {
    const { width, height } = this.#store.images.get(id);
    const mask = await this.#source.maskFor({ ...image, width, height }, this.#signal);
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
    for (;;) {
      const classes = this.#classes.current();
      const lost = new Set<number>();
      const staged = masks.stage();
      try {
        for await (const tiles of this.#tiles(image, mask, classes, lost)) staged.put(tiles);
        // A class may have gone meanwhile, and another have its value.
        if (this.#classes.current() !== classes) continue;
        // A person may have begun to paint meanwhile.
        if (!this.#mayWrite(image, id)) return;
        masks.replace(id, 'human', this.#plan.state, staged);
      } finally {
        staged.drop();
      }
      for (const value of lost) this.#tellOfGone(path, classes.gone.get(value) ?? '?');
      break;
    }
    this.#written.set(id, path);
    const notes = mask.notes();
    if (notes.length > 0)
      this.#tell({ path, reason: `In the mask of ${path} ${notes.join('; ')}` });
  }

  /** Those that are not all background, some at a time. */
  async *#tiles(
    image: SizedImage,
    mask: OpenMask,
    { values }: AssignedValues,
    lost: Set<number>,
  ): AsyncGenerator<PaintedTile[]> {
    const { columns, rows } = tileCounts(image);
    let some: PaintedTile[] = [];
    for (let y = 0; y < rows; y++) {
      for (let x = 0; x < columns; x++) {
        if (this.#signal.aborted) throw new UserError('cancelled', 'The import was stopped.');
        const stored = await mask.tile(x, y);
        if (stored === null) continue;
        some.push({ x, y, pixels: this.#translated(stored, mask, values, lost) });
        if (some.length < tilesAtOnce) continue;
        yield some;
        some = [];
        await breathe();
      }
    }
    if (some.length > 0) yield some;
  }

  /** @param lost gets values whose class is gone; there it becomes background */
  #translated(
    stored: Uint8Array,
    mask: OpenMask,
    values: Int16Array,
    lost: Set<number>,
  ): Uint8Array {
    const pixels = new Uint8Array(stored.length);
    for (let at = 0; at < stored.length; at++) {
      const from = stored[at] ?? 0;
      if (from === 0) continue;
      const value = values[from] ?? undecided;
      if (value === undecided) throw this.#undecided(from, mask);
      if (value === gone) lost.add(from);
      else pixels[at] = value;
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
