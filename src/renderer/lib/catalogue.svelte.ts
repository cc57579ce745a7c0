import { SvelteMap } from 'svelte/reactivity';
import { hasEnded } from '../../contract/app.ts';
import type { EventOf } from '../../contract/app.ts';
import type { CatalogueEntry } from '../../contract/catalogue.ts';
import { text } from '../text/index.ts';
import { call, listen } from './client.ts';
import { endedWork } from './ended-work.svelte.ts';
import { describeError, errorMessage, failureText } from './error-message.ts';
import { notices } from './notices.svelte.ts';

type FetchProgress = EventOf<'catalogue.progress'>;

/** Reason why a teacher could not be downloaded. */
export interface FetchFailure {
  readonly message: string;
  readonly details: string | undefined;
}

/** Catalogue of teachers and the running downloads, independent of the current step. */
class Catalogue {
  /** Entries of the catalogue; null until they are loaded. */
  entries: CatalogueEntry[] | null = $state.raw(null);
  loadFailure: string | null = $state(null);
  /** Progress of the running downloads by card ID. */
  readonly progress = new SvelteMap<string, FetchProgress>();
  /** Failed downloads by card ID. */
  readonly failures = new SvelteMap<string, FetchFailure>();
  readonly #requested = new Set<string>();
  readonly #listeners = new Set<() => void>();

  /** Oldest running download, for the status bar. */
  get atWork(): (Omit<FetchProgress, 'card'> & { readonly what: string }) | null {
    const [first] = this.progress.values();
    if (first === undefined) return null;
    const { card: id, ...progress } = first;
    const name = this.entries?.find(({ card }) => card.id === id)?.card.name;
    return { ...progress, what: text.catalogue.fetching(name ?? text.catalogue.aTeacher) };
  }

  /** Starts listening to the engine's events; returns a function that stops it. */
  start(): () => void {
    const disposers = [
      listen('catalogue.progress', (progress) => {
        const { card, done, total } = progress;
        // No call here awaits a download from before a reload: its last byte ends it.
        if (!this.#requested.has(card) && total > 0 && done >= total) {
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

  /** Calls `listener` each time a teacher is added; returns a function that stops it. */
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
      this.loadFailure = errorMessage(error);
    }
  }

  /** Downloads the missing part of a teacher's file and adds the teacher. */
  async fetch({ card, part }: CatalogueEntry): Promise<void> {
    const { id, name } = card;
    if (this.progress.has(id)) return;
    this.failures.delete(id);
    this.#requested.add(id);
    this.progress.set(id, { card: id, done: part, total: 0, secondsLeft: null });
    try {
      await call('catalogue.fetch', { card: id });
      this.#reportEnd('done', text.catalogue.added(name), undefined);
      this.#notify();
    } catch (error) {
      const failure = failureText(error);
      if (failure !== null) {
        this.failures.set(id, failure);
        this.#reportEnd('loss', failure.message, failure.details);
      }
    } finally {
      this.#requested.delete(id);
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

  /** Adds a teacher from a file that was downloaded by hand; returns the failure, or null. */
  async bring(card: string, file: string): Promise<FetchFailure | null> {
    try {
      const teacher = await call('catalogue.bring', { card, file });
      this.failures.delete(card);
      notices.add('done', text.catalogue.added(teacher.name));
      this.#notify();
      await this.load();
      return null;
    } catch (error) {
      return describeError(error);
    }
  }

  /** Reports the end of a download. No notice of a failure at the step Teacher, whose card shows it. */
  #reportEnd(kind: 'done' | 'loss', message: string, details: string | undefined): void {
    endedWork.report({
      project: null,
      kind,
      message,
      details,
      step: 'teacher',
      open: text.ended.openTeacher,
      shownAt: kind === 'loss' ? ['teacher'] : undefined,
    });
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}

export const catalogue = new Catalogue();
