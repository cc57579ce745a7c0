import type { ProjectClass } from '../../../../contract/app.ts';

/** Class of each mask value, to detect values whose class was removed or replaced. */
export class ClassValues {
  #known: ReadonlyMap<number, number> = new Map();

  /** Values whose class was removed or replaced since the last call. */
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
