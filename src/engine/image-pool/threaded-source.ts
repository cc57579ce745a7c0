import { sep } from 'node:path';
import type { MaskSourceKind } from '../../contract/mask-sources.ts';
import { tileCounts } from '../../core/mask/tiles.ts';
import { UserError } from '../../core/errors.ts';
import type { ImageProblem } from '../../formats/labels/labelled-images.ts';
import type {
  MaskSource,
  OpenMask,
  SizedImage,
  SourceRequest,
} from '../../formats/masks/mask-source.ts';
import { polygonKinds } from '../../formats/masks/file-kind.ts';
import type { ImagePool } from './image-pool.ts';
import { LostThread } from './lost-thread.ts';
import type { MaskFacts, MaskPart, MasksRequest } from './mask-task.ts';
import { SourceThread, type ThreadOptions } from './source-thread.ts';
import type { SurveyedMask } from '../../formats/masks/paired/survey.ts';

/** Masks surveyed in one task. */
const surveyedAtOnce = 8;
/** Threads that a source may crash before it is given up. */
const mostLost = 3;

export interface ThreadedOptions {
  /** Pool whose threads survey masks next to images, several at a time. */
  readonly pool: ImagePool;
  readonly thread?: ThreadOptions;
  /** Called for each file that crashes a thread. */
  readonly lose?: ((error: LostThread) => void) | undefined;
}

/**
 * Opens a source of masks in a dedicated thread, so that no label file can block or crash the engine. A file that
 * crashes the thread is left out and reported; the source is then opened again for the rest.
 *
 * @throws UserError as `openMaskSource`, 'cancelled' immediately when the request's signal aborts; `LostThread` if
 * opening the source crashes a thread and no file can be left out
 */
export async function openInThread(
  kind: MaskSourceKind,
  { signal, ...asked }: Omit<SourceRequest, 'at'>,
  options: ThreadedOptions,
): Promise<MaskSource> {
  const source = new ThreadedSource(kind, asked, options);
  try {
    const facts = await source.open(signal);
    return source.asSource(facts);
  } catch (error) {
    await source.close();
    throw error;
  }
}

class ThreadedSource {
  readonly #kind: MaskSourceKind;
  readonly #options: ThreadedOptions;
  /** Extended by the survey and by excluded files. */
  #request: MasksRequest;
  #thread: SourceThread;
  #isOpen = false;
  #lost = 0;
  #last: LostThread | undefined;

  constructor(kind: MaskSourceKind, request: MasksRequest, options: ThreadedOptions) {
    this.#kind = kind;
    this.#request = request;
    this.#options = options;
    this.#thread = new SourceThread(options.thread);
  }

  async open(signal: AbortSignal | undefined): Promise<MaskFacts> {
    if (this.#kind === 'masks' && !this.#request.table) await this.#survey(signal);
    for (;;) {
      try {
        return await this.#openOnce(signal);
      } catch (error) {
        if (!(error instanceof LostThread) || !this.#canDoWithout(error)) throw error;
        const excluded = new Map(this.#request.excluded);
        excluded.set(error.subject ?? '', error.message);
        this.#request = { ...this.#request, excluded };
      }
    }
  }

  asSource({ labels, ...facts }: MaskFacts): MaskSource {
    return {
      ...facts,
      maskFor: (image, signal) => this.#maskFor(image, signal),
      misfits: facts.kind === 'masks' ? (signal) => this.#misfits(signal) : undefined,
      labelsOf: (path) => (labels === 'all' ? [this.#request.path] : (labels.get(path) ?? [])),
      close: () => this.close(),
    };
  }

  async close(): Promise<void> {
    this.#isOpen = false;
    await this.#thread.close();
  }

  async #openOnce(signal: AbortSignal | undefined): Promise<MaskFacts> {
    const { path } = this.#request;
    const task = { kind: this.#kind, request: this.#request };
    const facts = await this.#run(() => this.#thread.run('openMasks', task, path, signal));
    this.#isOpen = true;
    return facts;
  }

  /**
   * Returns true if the lost file is one of many and can be left out. A list of classes, for example, cannot: it
   * determines what the others mean.
   */
  #canDoWithout({ subject = '' }: LostThread): boolean {
    const { path, found, excluded } = this.#request;
    const isPolygons = polygonKinds.has(this.#kind) && subject.startsWith(path + sep);
    const isOneOfMany = isPolygons || found.some((image) => image.path === subject);
    const isLeft = excluded?.has(subject) === true;
    return this.#lost < mostLost && isOneOfMany && subject !== path && !isLeft;
  }

  async #survey(signal: AbortSignal | undefined): Promise<void> {
    const { path, excluded } = this.#request;
    const task = { kind: this.#kind, request: this.#request };
    const listed = await this.#run(() => this.#thread.run('pairMasks', task, path, signal));
    const paths = listed.filter((mask) => excluded?.has(mask) !== true);
    const surveyed = new Map<string, SurveyedMask>();
    const batches = Array.from({ length: Math.ceil(paths.length / surveyedAtOnce) }, (_, at) =>
      paths.slice(at * surveyedAtOnce, (at + 1) * surveyedAtOnce),
    );
    await Promise.all(
      batches.map(async (batch) => {
        for (const [index, one] of (await this.#surveyBatch(batch, signal)).entries()) {
          surveyed.set(batch[index] ?? '', one);
        }
      }),
    );
    this.#request = { ...this.#request, surveyed };
  }

  async #surveyBatch(
    paths: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<SurveyedMask[]> {
    const subject = paths.length === 1 ? paths[0] : undefined;
    try {
      return await this.#options.pool.run('surveyMasks', { paths }, { subject, signal });
    } catch (error) {
      if (!(error instanceof LostThread)) throw error;
      if (subject !== undefined) {
        this.#options.lose?.(error);
        return [{ ok: false, reason: error.message }];
      }
      return (await Promise.all(paths.map((path) => this.#surveyBatch([path], signal)))).flat();
    }
  }

  async #misfits(signal: AbortSignal | undefined): Promise<ImageProblem[]> {
    try {
      return await this.#run(() => this.#thread.run('misfits', null, this.#request.path, signal));
    } catch (error) {
      if (!(error instanceof LostThread)) throw error;
      return [{ path: error.subject ?? this.#request.path, reason: error.message }];
    }
  }

  async #maskFor(
    image: SizedImage,
    signal: AbortSignal | undefined,
  ): Promise<OpenMask | undefined> {
    const part = await this.#part(image, 0, signal);
    return part === null ? undefined : this.#openMask(image, part, signal);
  }

  #openMask(image: SizedImage, first: MaskPart, signal: AbortSignal | undefined): OpenMask {
    const { columns } = tileCounts(image);
    let from = 0;
    let part = first;
    return {
      width: image.width,
      height: image.height,
      classes: first.classes,
      tile: async (x, y) => {
        const index = y * columns + x;
        if (index < from || (part.next !== null && index >= part.next)) {
          part = (await this.#part(image, index, signal)) ?? first;
          from = index;
        }
        return part.tiles.find((tile) => tile.x === x && tile.y === y)?.pixels ?? null;
      },
      notes: () => part.notes,
      close: () => Promise.resolve(),
    };
  }

  async #part(
    image: SizedImage,
    from: number,
    signal: AbortSignal | undefined,
  ): Promise<MaskPart | null> {
    if (this.#last !== undefined && this.#lost >= mostLost) throw this.#last;
    if (!this.#isOpen) await this.#openOnce(signal);
    const { path, frame, name, width, height } = image;
    const asked = { path, name, width, height, frame };
    return this.#run(() => this.#thread.run('maskPart', { image: asked, from }, path, signal));
  }

  /** Runs work in the thread; afterwards the source may have to be opened again. */
  async #run<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const isGone = error instanceof LostThread;
      if (isGone) {
        this.#lost++;
        this.#last = error;
        this.#options.lose?.(error);
      }
      if (isGone || (error instanceof UserError && error.code === 'cancelled')) {
        await this.#thread.close();
        this.#isOpen = false;
        this.#thread = new SourceThread(this.#options.thread);
      }
      throw error;
    }
  }
}
