import { join } from 'node:path';
import { z } from 'zod';
import { readKept, writeKept } from './kept-file.ts';

const path = z.string().min(1).max(4096).optional();
const settings = z.strictObject({
  /** The folder that was chosen. */
  workspace: path,
  /** The one that was opened last. */
  opened: path,
});

/** Folder of the projects: the chosen one, which is remembered between starts, or a default. */
export class Workspace {
  readonly #file: string;
  #kept: z.output<typeof settings>;
  #folder: string;

  /** @param forced in place of the kept one, for tests; a choice made later is kept nevertheless */
  constructor(userData: string, defaultFolder: string, forced: string | undefined) {
    this.#file = join(userData, 'settings.json');
    this.#kept = readKept(this.#file, settings, {});
    this.#folder = forced ?? this.#kept.workspace ?? defaultFolder;
  }

  get folder(): string {
    return this.#folder;
  }

  /** True if projects were opened here before; a newly chosen folder may start empty. */
  get isKnown(): boolean {
    return this.#kept.opened === this.#folder;
  }

  choose(folder: string): void {
    const kept = { workspace: folder };
    writeKept(this.#file, kept);
    this.#kept = kept;
    this.#folder = folder;
  }

  /** The engine has opened it: from now on it must be there. */
  noteOpened(): void {
    if (this.isKnown) return;
    this.#kept = { ...this.#kept, opened: this.#folder };
    writeKept(this.#file, this.#kept);
  }
}
