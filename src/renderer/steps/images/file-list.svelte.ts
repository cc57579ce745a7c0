import { SvelteMap } from 'svelte/reactivity';
import type { FileFilter, FileOutcome, ImportedFile } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';

const pageSize = 100;
/** Number of pages kept in memory: 4,000 files. */
const cachedPages = 40;

type Filter = Required<FileFilter>;

/** Files of imports with their outcomes; pages are loaded when they become visible. */
export class FileList {
  /** Number of files that match the filter; null until the engine has answered. */
  total: number | null = $state(null);
  counts: Readonly<Record<FileOutcome, number>> = $state.raw({
    added: 0,
    known: 0,
    moved: 0,
    skipped: 0,
    other: 0,
  });
  filter: Filter = $state.raw({ report: null, show: 'all', search: '' });
  readonly #project: number;
  readonly #pages = new SvelteMap<number, readonly ImportedFile[]>();
  /** Numbers of the pages that are loaded or loading, the latest last. */
  #requested: number[] = [];
  /** Number of filter changes; answers for an earlier filter are dropped. */
  #epoch = 0;

  constructor(project: number, filter: Partial<Filter>) {
    this.#project = project;
    this.filter = { ...this.filter, ...filter };
  }

  at(position: number): ImportedFile | undefined {
    return this.#pages.get(Math.floor(position / pageSize))?.[position % pageSize];
  }

  show(filter: Partial<Filter>): void {
    this.filter = { ...this.filter, ...filter };
    this.#epoch++;
    this.#requested = [];
    this.#pages.clear();
    this.need(0, 1);
  }

  /** Loads the pages of visible positions, from `from` up to but not including `to`. */
  need(from: number, to: number): void {
    const last = Math.floor(Math.max(from, to - 1) / pageSize);
    for (let page = Math.floor(from / pageSize); page <= last; page++) {
      if (!this.#requested.includes(page)) void this.#load(page);
    }
  }

  /** Saves all matching files as a table at a place that the user chooses. */
  async save(): Promise<void> {
    const words = text.files;
    try {
      const options = { title: words.saveTitle, name: words.saveName };
      const file = await call('shell.chooseSave', options);
      if (file === null) return;
      const request = { project: this.#project, filter: this.filter, file };
      const { rows } = await call('image.saveFiles', request);
      notices.add('done', words.saved(rows), {
        action: { label: words.showSaved, run: () => void showInFolder(file) },
      });
    } catch (error) {
      notices.fail(error);
    }
  }

  async #load(page: number): Promise<void> {
    const epoch = this.#epoch;
    this.#requested.push(page);
    for (const old of this.#requested.splice(0, this.#requested.length - cachedPages)) {
      this.#pages.delete(old);
    }
    try {
      const answer = await call('image.files', {
        project: this.#project,
        filter: this.filter,
        offset: page * pageSize,
        limit: pageSize,
      });
      if (epoch !== this.#epoch) return;
      this.total = answer.total;
      this.counts = answer.counts;
      this.#pages.set(page, answer.files);
    } catch (error) {
      this.#requested = this.#requested.filter((one) => one !== page);
      notices.fail(error);
    }
  }
}

async function showInFolder(file: string): Promise<void> {
  try {
    await call('shell.showInFolder', { file });
  } catch (error) {
    notices.fail(error);
  }
}
