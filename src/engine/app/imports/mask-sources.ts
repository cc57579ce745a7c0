import { createHash } from 'node:crypto';
import { resolve } from 'node:path';
import type {
  FoundMaskSource,
  MaskSourceContents,
  MaskSourcePlace,
  SourceClass,
} from '../../../contract/mask-sources.ts';
import { findImages } from '../../../formats/image-folder.ts';
import type { FoundImage } from '../../../formats/labels/labelled-images.ts';
import type { MaskSource } from '../../../formats/masks/mask-source.ts';
import type { ValueTable } from '../../../formats/masks/paired/values.ts';
import type { Store } from '../../../store/store.ts';
import type { ImagePool } from '../../image-pool/image-pool.ts';
import { openInThread, type ThreadedOptions } from '../../image-pool/threaded-source.ts';
import { marksFolder } from './risky-files.ts';

/** Maximum number of problems returned per source: more would mean a wrong folder, not a list to read. */
const listedProblems = 200;
/** Time for which a surveyed source stays open for the following import, ms. */
const keptFor = 10 * 60_000;

/** Information about a source's files, given when it is opened. */
export interface OpeningOptions extends Pick<ThreadedOptions, 'lose'> {
  /** Known meaning of its values. */
  readonly table?: ValueTable | null;
  /** Files that must not be read, with the reason. */
  readonly excluded?: ReadonlyMap<string, string>;
}

/** Sources of masks, each in a dedicated thread: surveyed first, then reused by the import. */
export class MaskSources {
  readonly #store: Store;
  readonly #pool: ImagePool;
  /** Classes of the last survey, to which the plan of the following import refers. */
  #surveyed: { readonly key: string; readonly classes: readonly SourceClass[] } | undefined;
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
   * Surveys a source for the images of a folder. Reads all its masks, which takes time.
   *
   * @param except folder to skip
   * @throws UserError as `openInThread` and `findImages`
   */
  async survey(
    project: number,
    folder: string,
    place: MaskSourcePlace,
    signal: AbortSignal,
    except?: string,
  ): Promise<MaskSourceContents> {
    const { id } = this.#store.projects.get(project);
    const found = await findImages(resolve(folder), { except }, signal);
    const source = await this.open(folder, place, found, signal);
    // If the source determines the property itself, the following import names it.
    const known = { ...place, property: source.property };
    this.#surveyed = { key: placeKey(folder, known), classes: source.classes };
    await this.#keep(keyOf(folder, known, found), placeKey(folder, known), source);
    const counts = this.#store.masks.count(id, 'human');
    const { kind, images, classes, properties, property, isComplete } = source;
    const misfits = (await source.misfits?.(signal)) ?? [];
    const problems = [...source.problems, ...misfits];
    return {
      kind,
      images,
      property,
      isComplete,
      classes: [...classes],
      values: [...(source.table?.stored ?? [])],
      properties: [...properties],
      problems: problems.slice(0, listedProblems).map(({ path, reason }) => ({ path, reason })),
      problemCount: problems.length,
      hasMasks: counts.draft + counts.done > 0,
    };
  }

  /** Classes of the last survey, if it was of this source. */
  surveyedClasses(folder: string, place: MaskSourcePlace): readonly SourceClass[] | undefined {
    return this.#surveyed?.key === placeKey(folder, place) ? this.#surveyed.classes : undefined;
  }

  /** Returns the surveyed source, as long as it stays open for an import: for previews of its masks. */
  surveyedSource(folder: string, place: MaskSourcePlace): MaskSource | undefined {
    return this.#kept?.place === placeKey(folder, place) ? this.#kept.source : undefined;
  }

  /**
   * Returns the surveyed source if it is this one and its folder has the same images; otherwise opens it again.
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
      found,
      property,
      table,
      excluded,
      signal,
    };
    const thread = { marks: marksFolder(this.#store) };
    return openInThread(kind, request, { pool: this.#pool, thread, lose });
  }

  /**
   * Runs `detectMaskSources` in a thread.
   *
   * @throws UserError 'cancelled', `LostThread`
   */
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
