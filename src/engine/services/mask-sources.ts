import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type {
  MaskSourceContents,
  MaskSourcePlace,
  SourceClass,
} from '../../contract/mask-sources.ts';
import { findImages } from '../../formats/image-folder.ts';
import type { FoundImage } from '../../formats/labelled-images.ts';
import type { MaskSource } from '../../formats/masks/mask-source.ts';
import type { ValueTable } from '../../formats/masks/paired/values.ts';
import { openMaskSource } from '../../formats/masks/open-source.ts';
import type { Store } from '../../store/store.ts';

/** Of a source: more would be a wrong folder, not a list to read. */
const toldProblems = 200;
/** How long a source that was looked at is kept for the import that follows, ms. */
const keptFor = 10 * 60_000;

/** Sources of masks: a look at one, and the same again for the import. */
export class MaskSources {
  readonly #store: Store;
  /** Of the last look: what a choice that was made by it speaks of. */
  #looked: { readonly key: string; readonly classes: readonly SourceClass[] } | undefined;
  #kept:
    | {
        readonly key: string;
        readonly place: string;
        readonly source: MaskSource;
        timer: NodeJS.Timeout;
      }
    | undefined;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Reads what a source holds for the images of a folder. All masks of a folder are read for it, which
   * takes its time.
   *
   * @param except a folder that is not looked into
   * @throws UserError as `openMaskSource` and `findImages`
   */
  async look(
    project: number,
    folder: string,
    place: MaskSourcePlace,
    signal: AbortSignal,
    except?: string,
  ): Promise<MaskSourceContents> {
    const { id } = this.#store.projects.get(project);
    const found = await findImages(resolve(folder), { except }, signal);
    const source = await this.open(folder, place, found, signal);
    this.#looked = { key: placeKey(folder, place), classes: source.classes };
    await this.#keep(keyOf(folder, place, found), placeKey(folder, place), source);
    const counts = this.#store.masks.count(id, 'human');
    const { kind, images, classes, properties, property, isComplete } = source;
    const misfits = (await source.misfits?.(signal)) ?? [];
    const problems = [...source.problems, ...misfits];
    return {
      ...{ kind, images, property, isComplete },
      classes: [...classes],
      values: [...(source.table?.stored ?? [])],
      properties: [...properties],
      problems: problems.slice(0, toldProblems).map(({ path, reason }) => ({ path, reason })),
      problemCount: problems.length,
      hasMasks: counts.draft + counts.done > 0,
    };
  }

  /** The classes that a look found in a source, if it was the last. */
  lookedAt(folder: string, place: MaskSourcePlace): readonly SourceClass[] | undefined {
    return this.#looked?.key === placeKey(folder, place) ? this.#looked.classes : undefined;
  }

  /** The source itself, as long as it is kept for an import: for looks at its masks. */
  lookedAtSource(folder: string, place: MaskSourcePlace): MaskSource | undefined {
    return this.#kept?.place === placeKey(folder, place) ? this.#kept.source : undefined;
  }

  /**
   * The source that was looked at last where it is this one and its folder has the same images, else anew.
   *
   * @param table what its values mean, where that was decided before
   */
  async open(
    folder: string,
    place: MaskSourcePlace,
    found: readonly FoundImage[],
    signal: AbortSignal,
    table: ValueTable | null = null,
  ): Promise<MaskSource> {
    const kept = this.#kept;
    if (table === null && kept?.key === keyOf(folder, place, found)) {
      clearTimeout(kept.timer);
      this.#kept = undefined;
      return kept.source;
    }
    const { kind, path, property } = place;
    const request = {
      path: resolve(path),
      folder: resolve(folder),
      found,
      property,
      table,
      signal,
    };
    return openMaskSource(kind, request);
  }

  async close(): Promise<void> {
    const kept = this.#kept;
    this.#kept = undefined;
    clearTimeout(kept?.timer);
    await kept?.source.close();
  }

  async #keep(key: string, place: string, source: MaskSource): Promise<void> {
    await this.close();
    const timer = setTimeout(() => void this.close(), keptFor).unref();
    this.#kept = { key, place, source, timer };
  }
}

function keyOf(folder: string, place: MaskSourcePlace, found: readonly FoundImage[]): string {
  const names = createHash('sha256');
  for (const { path } of found) names.update(path).update('\0');
  return JSON.stringify([resolve(folder), place, names.digest('hex')]);
}

function placeKey(folder: string, place: MaskSourcePlace): string {
  return JSON.stringify([resolve(folder), place]);
}
