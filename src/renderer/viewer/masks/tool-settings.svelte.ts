import { ignoreValue } from '../../../core/mask/tiles.ts';
import { store, storedNumber } from '../../lib/stored.ts';

/** Tools that change a mask, by the names of their keys. */
export const maskTools = [
  'brush',
  'eraser',
  'polygon',
  'fill',
  'threshold-brush',
  'wand',
  'suggest',
] as const;
export type MaskToolId = (typeof maskTools)[number];

/** px of the image */
export const smallestSize = 1;
export const largestSize = 1024;

/** What may be painted over. */
export type Guard = 'everything' | 'background' | 'not-locked';

/** How the tools paint; remembered, but for what belongs to a project. */
export class ToolSettings {
  /** Of the class that is painted, or 255: not known. */
  value = $state(1);
  /** Values of classes that are never painted over. */
  locked: readonly number[] = $state.raw([]);
  guard: Guard = $state('everything');
  /** Of the threshold brush: shades as they are shown, 0 to 255. */
  low = $state(storedNumber('mask-low', 128, 0, 255));
  high = $state(storedNumber('mask-high', 255, 0, 255));
  /** Whether the range is around the shade under the cursor when a stroke begins. */
  isPicked = $state(false);
  /** Whether a pen's pressure changes the size. */
  usesPressure = $state(storedNumber('mask-pressure', 1, 0, 1) === 1);
  #size = $state(storedNumber('mask-size', 24, smallestSize, largestSize));
  #tolerance = $state(storedNumber('mask-tolerance', 16, 0, 255));

  /** Diameter of brush and eraser, px of the image. */
  get size(): number {
    return this.#size;
  }

  set size(size: number) {
    this.#size = Math.min(largestSize, Math.max(smallestSize, Math.round(size)));
    store('mask-size', this.#size);
  }

  /** Of a connected region and a picked range: how far shades may differ. */
  get tolerance(): number {
    return this.#tolerance;
  }

  set tolerance(tolerance: number) {
    this.#tolerance = Math.min(255, Math.max(0, Math.round(tolerance)));
    store('mask-tolerance', this.#tolerance);
  }

  /** A fifth larger or smaller, one pixel at least. */
  step(direction: 1 | -1): void {
    const by = Math.max(1, Math.round(this.#size / 5));
    this.size = this.#size + direction * by;
  }

  setRange(low: number, high: number): void {
    this.low = Math.min(low, high);
    this.high = Math.max(low, high);
    store('mask-low', this.low);
    store('mask-high', this.high);
  }

  setPressure(uses: boolean): void {
    this.usesPressure = uses;
    store('mask-pressure', uses ? 1 : 0);
  }

  toggleLock(value: number): void {
    this.locked = this.locked.includes(value)
      ? this.locked.filter((other) => other !== value)
      : [...this.locked, value];
  }

  get isIgnore(): boolean {
    return this.value === ignoreValue;
  }
}
