import type { EngineMethod } from '../contract/app.ts';

/** The parameter of each method that names where something is written outside the workspace. */
const written = {
  'image.saveFiles': 'file',
  'run.export': 'file',
  'labels.export': 'folder',
} as const satisfies Partial<Record<EngineMethod, string>>;

/** Places that a session remembers: a person chooses a few. */
const most = 100;

/**
 * The places that a person chose in a dialog of this process. The page may ask to write there and nowhere else: a
 * page that was taken over cannot name a path of its own.
 */
export class SavePlaces {
  readonly #chosen = new Set<string>();

  /** @param place absolute, as a dialog returned it; null where the dialog was cancelled */
  note<T extends string | null>(place: T): T {
    if (place !== null) {
      this.#chosen.delete(place);
      this.#chosen.add(place);
      const [oldest] = this.#chosen;
      if (this.#chosen.size > most && oldest !== undefined) this.#chosen.delete(oldest);
    }
    return place;
  }

  /** Returns true if a request of the page writes nothing, or writes to a place that a person chose. */
  allows(method: EngineMethod, params: unknown): boolean {
    const name = (written as Partial<Record<EngineMethod, string>>)[method];
    if (name === undefined) return true;
    const place = (params as Readonly<Record<string, unknown>>)[name];
    return typeof place === 'string' && this.#chosen.has(place);
  }
}
