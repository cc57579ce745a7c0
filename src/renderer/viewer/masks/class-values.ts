import type { ProjectClass } from '../../../contract/app.ts';

/** Which class has which value in masks, so that it is noticed when a value has none any more, or another. */
export class ClassValues {
  #known: ReadonlyMap<number, number> = new Map();

  /** Values whose class is gone since this was asked last. */
  gone(classes: readonly Pick<ProjectClass, 'id' | 'maskValue'>[]): ReadonlySet<number> {
    const now = new Map(
      classes.flatMap(({ id, maskValue }) =>
        maskValue === null ? [] : [[maskValue, id] as const],
      ),
    );
    const gone = [...this.#known].filter(([value, id]) => now.get(value) !== id);
    this.#known = now;
    return new Set(gone.map(([value]) => value));
  }
}
