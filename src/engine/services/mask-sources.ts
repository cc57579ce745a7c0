import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type {
  FoundMaskSource,
  MaskSourceContents,
  MaskSourcePlace,
  SourceClass,
} from '../../contract/mask-sources.ts';
import { findImages } from '../../formats/image-folder.ts';
import type { FoundImage } from '../../formats/labelled-images.ts';
import type { MaskSource } from '../../formats/masks/mask-source.ts';
import type { ValueTable } from '../../formats/masks/paired/values.ts';
import type { Store } from '../../store/store.ts';
import type { ImagePool } from '../image-pool/image-pool.ts';
import { openInThread, type ThreadedOptions } from '../mask-threads/threaded-source.ts';
import { marksFolder } from './risky-files.ts';

/** Of a source: more would be a wrong folder, not a list to read. */
const toldProblems = 200;
/** How long a source that was looked at is kept for the import that follows, ms. */
const keptFor = 10 * 60_000;

/** What is known of the files of a source before it is opened. */
export interface OpeningOptions extends Pick<ThreadedOptions, 'lose'> {
  /** What its values mean, where that was decided before. */
  readonly table?: ValueTable | null;
  /** Files that are not to be read, with the reason. */
  readonly excluded?: ReadonlyMap<string, string>;
}

/** Sources of masks, each in a thread of its own: a look at one, and the same again for the import. */
export class MaskSources {
  readonly #store: Store;
  readonly #pool: ImagePool;
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

  constructor(store: Store, pool: ImagePool) {
    this.#store = store;
    this.#pool = pool;
  }

  /**
   * Reads what a source holds for the images of a folder. All masks of a folder are read for it, which
   * takes its time.
   *
   * @param except a folder that is not looked into
   * @throws UserError as `openInThread` and `findImages`
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
   * @throws UserError as `openInThread`
   */
  async open(
    folder: string,
    place: MaskSourcePlace,
    found: readonly FoundImage[],
    signal: AbortSignal,
    { table = null, excluded, lose }: OpeningOptions = {},
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
      ...{ found, property, table, excluded, signal },
    };
    const thread = { marks: marksFolder(this.#store) };
    return openInThread(kind, request, { pool: this.#pool, thread, ...(lose && { lose }) });
  }

  /** As `detectMaskSources`, in a thread. @throws UserError 'cancelled', `LostThread` */
  async detect(
    folder: string,
    found: readonly FoundImage[],
    signal: AbortSignal,
  ): Promise<FoundMaskSource[]> {
    return this.#pool.run('detectMasks', { folder, found }, { signal });
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
