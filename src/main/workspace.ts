import { join } from 'node:path';
import { z } from 'zod';
import { readKept, writeKept } from './kept-file.ts';

const settings = z.strictObject({ workspace: z.string().min(1).max(4096).optional() });

/** Which folder the projects lie in: the chosen one, which is kept between starts, or a default. */
export class Workspace {
  readonly #file: string;
  #folder: string;

  /** @param forced in place of the kept one, for tests; a choice made later is kept nevertheless */
  constructor(userData: string, defaultFolder: string, forced: string | undefined) {
    this.#file = join(userData, 'settings.json');
    this.#folder = forced ?? readKept(this.#file, settings, {}).workspace ?? defaultFolder;
  }

  get folder(): string {
    return this.#folder;
  }

  choose(folder: string): void {
    writeKept(this.#file, { workspace: folder } satisfies z.output<typeof settings>);
    this.#folder = folder;
  }
}
