import { SvelteMap } from 'svelte/reactivity';
import { hasEnded } from '../../contract/app.ts';
import type { EventOf } from '../../contract/app.ts';
import type { CatalogueEntry } from '../../contract/catalogue.ts';
import { text } from '../text/index.ts';
import { call, listen, RequestError } from './client.ts';
import { endedWork } from './ended-work.svelte.ts';
import { notices } from './notices.svelte.ts';

type FetchProgress = EventOf<'catalogue.progress'>;

/** Why a card could not be fetched. */
export interface FetchFailure {
  readonly message: string;
  readonly details: string | undefined;
}

/** Teachers that can be had, and those that come in just now, whichever step is in sight. */
class Catalogue {
  /** Null until they are known. */
  entries: CatalogueEntry[] | null = $state.raw(null);
  loadFailure: string | null = $state(null);
  /** By card, of those that are being fetched. */
  readonly progress = new SvelteMap<string, FetchProgress>();
  /** By card. */
  readonly failures = new SvelteMap<string, FetchFailure>();
  readonly #asked = new Set<string>();
  readonly #listeners = new Set<() => void>();

  /** For the status bar: the first of those that are being fetched. */
  get atWork(): (Omit<FetchProgress, 'card'> & { readonly what: string }) | null {
    const [first] = this.progress.values();
    if (first === undefined) return null;
    const { card: id, ...progress } = first;
    const name = this.entries?.find(({ card }) => card.id === id)?.card.name;
    return { ...progress, what: text.catalogue.fetching(name ?? text.catalogue.aTeacher) };
  }

  /** Listens from now on; returns a function that ends it. */
  start(): () => void {
    const disposers = [
      listen('catalogue.progress', (progress) => {
        const { card, done, total } = progress;
        // One from before a reload, that nobody here waits for, ends with its last byte.
        if (!this.#asked.has(card) && total > 0 && done >= total) {
          this.progress.delete(card);
          void this.load();
        } else this.progress.set(card, progress);
      }),
      listen('engine.state', ({ state }) => {
        if (!hasEnded(state)) return;
        this.progress.clear();
        this.entries = null;
      }),
    ];
    return () => {
      for (const dispose of disposers) dispose();
    };
  }

  /** Calls `listener` when there is another teacher; returns a function that ends it. */
  whenAdded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async load(): Promise<void> {
    try {
      this.entries = await call('catalogue.list', null);
      this.loadFailure = null;
    } catch (error) {
      this.loadFailure = error instanceof Error ? error.message : String(error);
    }
  }

  /** Fetches what is not here yet, and makes a teacher of it. */
  async fetch({ card, part }: CatalogueEntry): Promise<void> {
    const { id, name } = card;
    if (this.progress.has(id)) return;
    this.failures.delete(id);
    this.#asked.add(id);
    this.progress.set(id, { card: id, done: part, total: 0, secondsLeft: null });
    try {
      await call('catalogue.fetch', { card: id });
      this.#tellEnded('done', text.catalogue.added(name), undefined);
      this.#tell();
    } catch (error) {
      if (!(error instanceof RequestError && error.code === 'cancelled')) {
        const failure = failureOf(error);
        this.failures.set(id, failure);
        this.#tellEnded('loss', failure.message, failure.details);
      }
    } finally {
      this.#asked.delete(id);
      this.progress.delete(id);
      await this.load();
    }
  }

  async stop(card: string): Promise<void> {
    try {
      await call('catalogue.stop', { card });
    } catch (error) {
      notices.fail(error);
    }
  }

  /** Makes a teacher of a file that somebody brought; what is wrong with it, or null. */
  async bring(card: string, file: string): Promise<FetchFailure | null> {
    try {
      const teacher = await call('catalogue.bring', { card, file });
      this.failures.delete(card);
      notices.add('done', text.catalogue.added(teacher.name));
      this.#tell();
      await this.load();
      return null;
    } catch (error) {
      return failureOf(error);
    }
  }

  /** A failure is to be seen beside the teacher, at its step. */
  #tellEnded(kind: 'done' | 'loss', message: string, details: string | undefined): void {
    endedWork.tell({
      ...{ project: null, kind, message, details, step: 'teacher', open: text.ended.openTeacher },
      ...(kind === 'loss' && { shownAt: ['teacher'] as const }),
    });
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

function failureOf(error: unknown): FetchFailure {
  return {
    message: error instanceof Error ? error.message : String(error),
    details: error instanceof RequestError ? error.details : undefined,
  };
}

export const catalogue = new Catalogue();
