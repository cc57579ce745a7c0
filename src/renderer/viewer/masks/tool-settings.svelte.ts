import { ignoreValue } from '../../../core/mask/tiles.ts';
import { isStored, store, storedNumber } from '../../lib/stored.ts';

/** Tools that edit a mask, by their key action. */
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

/** Smallest and largest size of a brush, px of the image. */
export const smallestBrush = 1;
export const largestBrush = 1024;

/** Pixels that may be painted over. */
export type Guard = 'everything' | 'background' | 'not-locked';

/** Settings of the tools; those independent of a project are kept in local storage. */
export class ToolSettings {
  /** Mask value to paint: a class's, or 255 for unknown. */
  value = $state(1);
  /** Values that are never painted over. */
  locked: readonly number[] = $state.raw([]);
  guard: Guard = $state('everything');
  /** Range of the threshold brush in displayed shades, 0 to 255; stored if the user set it. */
  low = $state(storedNumber('mask-low', 128, 0, 255));
  high = $state(storedNumber('mask-high', 255, 0, 255));
  #isPicked = $state(storedNumber('mask-picked', isStored('mask-low') ? 0 : 1, 0, 1) === 1);
  /** True if a pen's pressure changes the size. */
  usesPressure = $state(storedNumber('mask-pressure', 1, 0, 1) === 1);
  #size = $state(storedNumber('mask-size', 24, smallestBrush, largestBrush));
  #tolerance = $state(storedNumber('mask-tolerance', 16, 0, 255));

  /**
   * True if the range is set around the shade under the cursor when a stroke begins. This is the default, because no
   * fixed range suits every image.
   */
  get isPicked(): boolean {
    return this.#isPicked;
  }

  set isPicked(isPicked: boolean) {
    this.#isPicked = isPicked;
    store('mask-picked', isPicked ? 1 : 0);
    // The last picked range stays as the fixed one.
    if (!isPicked) this.setRange(this.low, this.high);
  }

  /** Diameter of brush and eraser, px of the image. */
  get size(): number {
    return this.#size;
  }

  set size(size: number) {
    this.#size = Math.min(largestBrush, Math.max(smallestBrush, Math.round(size)));
    store('mask-size', this.#size);
  }

  /** Largest difference of shades within a connected region or a picked range. */
  get tolerance(): number {
    return this.#tolerance;
  }

  set tolerance(tolerance: number) {
    this.#tolerance = Math.min(255, Math.max(0, Math.round(tolerance)));
    store('mask-tolerance', this.#tolerance);
  }

  /** Changes the size by a fifth, at least by one pixel. */
  step(direction: 1 | -1): void {
    const by = Math.max(1, Math.round(this.#size / 5));
    this.size = this.#size + direction * by;
  }

  /** Sets the range around a shade of the image, plus and minus the tolerance. */
  pickRange(shade: number): void {
    this.low = Math.max(0, shade - this.tolerance);
    this.high = Math.min(255, shade + this.tolerance);
  }

  /** Sets and stores the range. */
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
