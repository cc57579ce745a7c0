/**
 * Revisions of masks in this window, to detect changes from elsewhere, such as an import of labels or a removed class.
 * A revision counts changes; each save from here increases it by one.
 */
export class MaskRevisions {
  readonly #known = new Map<number, number>();
  readonly #stale = new Set<number>();

  /** Records that a mask was read; returns true if it was changed elsewhere since the last read or save. */
  read(image: number, revision: number): boolean {
    const known = this.#known.get(image) ?? revision;
    this.#known.set(image, revision);
    this.#stale.delete(image);
    return known !== revision;
  }

  /** True if a read mask is older than the last save. */
  isPast(image: number, revision: number): boolean {
    return revision < (this.#known.get(image) ?? 0);
  }

  /** Marks a mask as stale: it was changed elsewhere and could not be read again yet. */
  missed(image: number): void {
    this.#stale.add(image);
  }

  /** Records a save. If the mask was changed elsewhere in between, it is stale until it is read again. */
  saved(image: number, revision: number): void {
    const known = this.#known.get(image);
    this.#known.set(image, revision);
    if (known !== undefined && revision !== known + 1) this.#stale.add(image);
  }

  /** IDs of images with stale masks. */
  get stale(): ReadonlySet<number> {
    return this.#stale;
  }

  /** Forgets all revisions after the engine ended, since answers may be lost; the next ones are accepted unchecked. */
  forget(): void {
    this.#known.clear();
  }
}
