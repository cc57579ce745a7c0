import type { EngineMethod } from '../contract/app.ts';

/** For each method that writes outside the workspace, the parameter with the path. */
const written = {
  'image.saveFiles': 'file',
  'run.export': 'file',
  'labels.export': 'folder',
} as const satisfies Partial<Record<EngineMethod, string>>;

/** Number of paths that a session remembers: the user chooses only a few. */
const most = 100;

/**
 * Paths that the user chose in a dialog of this process. The page may write only to these: a compromised page cannot
 * choose a path.
 */
export class SavePlaces {
  readonly #chosen = new Set<string>();

  /** @param place absolute path, as a dialog returned it; null if the dialog was cancelled */
  note<T extends string | null>(place: T): T {
    if (place !== null) {
      this.#chosen.delete(place);
      this.#chosen.add(place);
      const [oldest] = this.#chosen;
      if (this.#chosen.size > most && oldest !== undefined) this.#chosen.delete(oldest);
    }
    return place;
  }

  /** Returns true if a request of the page writes nothing, or writes to a path that the user chose. */
  allows(method: EngineMethod, params: unknown): boolean {
    const name = (written as Partial<Record<EngineMethod, string>>)[method];
    if (name === undefined) return true;
    const place = (params as Readonly<Record<string, unknown>>)[name];
    return typeof place === 'string' && this.#chosen.has(place);
  }
}
