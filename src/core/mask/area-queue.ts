export interface QueuedArea {
  /** Index of the item. */
  readonly at: number;
  readonly area: number;
}

/** Priority queue of areas: the smallest first, and among equal ones the smallest index. A binary heap. */
export class AreaQueue {
  readonly #heap: QueuedArea[] = [];

  add(entry: QueuedArea): void {
    const heap = this.#heap;
    let place = heap.length;
    while (place > 0) {
      const parent = (place - 1) >>> 1;
      const above = heap[parent];
      if (above === undefined || !isBefore(entry, above)) break;
      heap[place] = above;
      place = parent;
    }
    heap[place] = entry;
  }

  take(): QueuedArea | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const entry = heap.pop();
    if (entry === undefined || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const child = this.#smallerChild(place);
      const below = heap[child];
      if (below === undefined || !isBefore(below, entry)) break;
      heap[place] = below;
      place = child;
    }
    heap[place] = entry;
    return first;
  }

  #smallerChild(place: number): number {
    const left = 2 * place + 1;
    const [one, two] = [this.#heap[left], this.#heap[left + 1]];
    return one !== undefined && two !== undefined && isBefore(two, one) ? left + 1 : left;
  }
}

function isBefore(a: QueuedArea, b: QueuedArea): boolean {
  return a.area < b.area || (a.area === b.area && a.at < b.at);
}
