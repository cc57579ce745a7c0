import { join } from 'node:path';
import { z } from 'zod';
import { readKept, writeKept } from './kept-file.ts';

const path = z.string().min(1).max(4096).optional();
const settings = z.strictObject({
  /** The chosen folder. */
  workspace: path,
  /** The folder that was opened last. */
  opened: path,
});

/** Folder of the workspace: the chosen one, which is remembered between starts, or a default. */
export class Workspace {
  readonly #file: string;
  #kept: z.output<typeof settings>;
  #folder: string;

  /** @param forced replaces the stored choice, for tests; a later choice is stored nevertheless */
  constructor(userData: string, defaultFolder: string, forced: string | undefined) {
    this.#file = join(userData, 'settings.json');
    this.#kept = readKept(this.#file, settings, {});
    this.#folder = forced ?? this.#kept.workspace ?? defaultFolder;
  }

  get folder(): string {
    return this.#folder;
  }

  /** True if projects were opened here before; a newly chosen folder may be empty. */
  get isKnown(): boolean {
    return this.#kept.opened === this.#folder;
  }

  choose(folder: string): void {
    const kept = { workspace: folder };
    writeKept(this.#file, kept);
    this.#kept = kept;
    this.#folder = folder;
  }

  /** Records that the engine has opened the folder: from now on it must exist. */
  noteOpened(): void {
    if (this.isKnown) return;
    this.#kept = { ...this.#kept, opened: this.#folder };
    writeKept(this.#file, this.#kept);
  }
}
