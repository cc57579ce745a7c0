import type { MaskImport, SourceClass, WatchedMasks } from '../../../contract/mask-sources.ts';
import type { Project } from '../../../contract/app.ts';
import { UserError } from '../../../core/errors.ts';
import { tileCounts, type TilePlace } from '../../../core/mask/tiles.ts';
import type { FoundImage, ImageProblem } from '../../../formats/labels/labelled-images.ts';
import { placeName } from '../../../formats/labels/labelled-images.ts';
import type { MaskSource, OpenMask, SizedImage } from '../../../formats/masks/mask-source.ts';
import type { Store } from '../../../store/store.ts';
import { AssignedClasses, gone, undecided, type AssignedValues } from './assigned-classes.ts';
import { breathe } from '../../job.ts';
import { commonText, maskImportText } from '../../../text/index.ts';

/** Tiles saved together, 16 MB. */
const tilesAtOnce = 64;

/** Plan of a mask import, either just chosen by the user or stored for a watched folder. */
export interface MaskPlan extends MaskImport {
  /** Classes that the plan refers to. */
  readonly looked: readonly SourceClass[];
  readonly isWatched: boolean;
}

/** Receives the mask files of an image whose mask was left out. */
export type LeaveOut = (labels: readonly string[], reason: string) => void;

export interface MaskImportRequest {
  readonly store: Store;
  readonly project: Project;
  readonly source: MaskSource;
  readonly plan: MaskPlan;
  readonly signal: AbortSignal;
  readonly report: (problem: ImageProblem) => void;
  readonly leaveOut: LeaveOut;
}

interface PaintedTile extends TilePlace {
  readonly pixels: Uint8Array;
}

/**
 * Masks of one import: written to the user's layer tile by tile, with values assigned to classes. Nothing is decided
 * silently: a mask with an unassigned value is left out and reported, and an existing mask of an image stays unless
 * the import is set to replace it. Regions of a class that is removed in the meantime are left out, which is
 * reported.
 */
export class ImportMasks {
  readonly #store: Store;
  readonly #source: MaskSource;
  readonly #plan: MaskPlan;
  readonly #signal: AbortSignal;
  readonly #report: (problem: ImageProblem) => void;
  readonly #leaveOut: LeaveOut;
  readonly #classes: AssignedClasses;
  /** Names of classes removed during the import that were reported. */
  readonly #reported = new Set<string>();
  readonly #goneBefore = new Set<string>();
  /** Images whose masks this import wrote, with the source image. */
  readonly #written = new Map<number, string>();
  #kept = 0;

  /**
   * Creates the new classes of the plan.
   *
   * @throws UserError 'invalid-option' if the project is not for segmentation; as `AssignedClasses`
   */
  constructor({ store, project, source, plan, signal, report, leaveOut }: MaskImportRequest) {
    if (project.task !== 'segmentation') {
      throw new UserError('invalid-option', maskImportText.notSegmentation(project.name));
    }
    this.#store = store;
    this.#source = source;
    this.#plan = plan;
    this.#signal = signal;
    this.#report = report;
    this.#leaveOut = leaveOut;
    const { looked, isWatched: isKept } = plan;
    const classes = { found: source.classes, looked, isKept };
    this.#classes = new AssignedClasses(store, project.id, plan, classes);
    // Classes that were removed before are reported only if regions of them occur.
    if (isKept)
      for (const name of this.#classes.current().gone.values()) this.#goneBefore.add(name);
  }

  /** Files that are masks, not images. */
  get claimed(): ReadonlySet<string> {
    return this.#source.claimed;
  }

  get kind(): MaskSource['kind'] {
    return this.#source.kind;
  }

  /** Plan for the masks of later files. */
  get watched(): WatchedMasks {
    const { source, onConflict, state } = this.#plan;
    const { table, classes: looked } = this.#source;
    return {
      source,
      onConflict,
      state,
      classes: this.#classes.plan,
      looked: [...looked],
      table: table && { byColour: table.byColour, values: [...table.values] },
    };
  }

  /** Files with the mask of an image, or of its slices. */
  labelsOf(path: string): readonly string[] {
    return this.#source.labelsOf(path);
  }

  /** Number of images whose masks this import wrote. */
  get count(): number {
    return this.#written.size;
  }

  /** Problems found when the source was opened. */
  get problems(): readonly ImageProblem[] {
    return this.#source.problems;
  }

  /** @param rows rows of the images in the project, in the same order */
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
        this.#report({ path, reason: maskImportText.importedWithoutMask(path, error.message) });
        this.#leaveOut(this.labelsOf(image.path), error.message);
      }
    }
  }

  /** Reports what concerns the import as a whole. */
  end(folder: string): void {
    const { kind } = this.#source;
    const isByPlace = kind === 'geojson' || kind === 'gpkg' || kind === 'geotiff';
    for (const name of this.#classes.current().gone.values()) {
      if (!this.#goneBefore.has(name)) this.#reportGone(folder, name);
    }
    if (isByPlace && !this.#plan.isWatched && this.#written.size + this.#kept === 0) {
      // Nothing else would report swapped coordinates, for example.
      const path = this.#plan.source.path;
      this.#report({
        path,
        reason: maskImportText.noShapeInside,
      });
    }
    if (this.#kept === 0) return;
    this.#report({
      path: folder,
      reason: maskImportText.masksKept(this.#kept),
      isFolder: true,
      isExpected: true,
    });
  }

  #reportGone(path: string, name: string): void {
    if (this.#reported.has(name)) return;
    this.#reported.add(name);
    this.#report({ path, reason: maskImportText.classGone(name) });
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
      const reason = maskImportText.maskOfSameImage({ path, other: before });
      this.#report({ path, reason });
      return false;
    }
    const there = this.#store.masks.get(id, 'human');
    if (there !== undefined && this.#plan.onConflict === 'keep') {
      this.#kept++;
      return false;
    }
    return true;
  }

  /** Writes a whole mask or nothing: the old mask stays until the new one is complete. */
  async #write(image: SizedImage, id: number, mask: OpenMask): Promise<void> {
    const { masks } = this.#store;
    const path = placeName(image);
    for (;;) {
      const classes = this.#classes.current();
      const lost = new Set<number>();
      const staged = masks.stage();
      try {
        for await (const tiles of this.#tiles(image, mask, classes, lost)) staged.put(tiles);
        // A class may have been removed in the meantime, and another one may have got its value.
        if (this.#classes.current() !== classes) continue;
        // The user may have started painting in the meantime.
        if (!this.#mayWrite(image, id)) return;
        masks.replace(id, 'human', this.#plan.state, staged);
      } finally {
        staged.drop();
      }
      for (const value of lost) this.#reportGone(path, classes.gone.get(value) ?? '?');
      break;
    }
    this.#written.set(id, path);
    const notes = mask.notes();
    if (notes.length > 0) {
      this.#report({ path, reason: maskImportText.notesOnMask(path, notes) });
    }
  }

  /** Tiles that are not all background, in batches. */
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
        if (this.#signal.aborted) throw new UserError('cancelled', commonText.stopped);
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

  /** @param lost receives values whose class was removed; their pixels become background */
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
    const number = found?.number ?? null;
    if (name != null) return new UserError('invalid-labels', maskImportText.undecidedClass(name));
    return new UserError(
      'invalid-labels',
      number === null
        ? maskImportText.undecidedColour(found?.colour ?? '?')
        : maskImportText.undecidedNumber(number),
    );
  }
}
