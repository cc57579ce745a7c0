/**
 * Which revisions of masks this window has, so that it notices where others changed one: an import of labels,
 * a class that was removed. A revision counts changes, and each save here is one.
 */
export class MaskRevisions {
  readonly #known = new Map<number, number>();
  readonly #stale = new Set<number>();

  /** A mask was read from the engine; true if others changed it since it was read or saved here. */
  read(image: number, revision: number): boolean {
    const known = this.#known.get(image) ?? revision;
    this.#known.set(image, revision);
    this.#stale.delete(image);
    return known !== revision;
  }

  /** Whether a mask that was read is older than what is saved by now. */
  isPast(image: number, revision: number): boolean {
    return revision < (this.#known.get(image) ?? 0);
  }

  /** Others changed a mask that could not be read again just now. */
  missed(image: number): void {
    this.#stale.add(image);
  }

  /** A mask was saved. Where others changed it in between, it is stale until it is read again. */
  saved(image: number, revision: number): void {
    const known = this.#known.get(image);
    this.#known.set(image, revision);
    if (known !== undefined && revision !== known + 1) this.#stale.add(image);
  }

  /** Images whose masks are stale. */
  get stale(): ReadonlySet<number> {
    return this.#stale;
  }

  /** The engine has gone, and answers may be lost with it: what comes next is taken as it is. */
  forget(): void {
    this.#known.clear();
  }
}
