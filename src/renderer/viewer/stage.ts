import { intersection, union } from './tools/geometry.ts';
import type { Size, Rectangle } from '../../core/mask/tiles.ts';
import { type Layer, type StagePlane, planes } from './layer.ts';
import { ViewTransform } from './view-transform.ts';

/** Part of a plane to redraw, CSS px of the stage, or all of it. */
type Dirty = Rectangle | 'all';

interface PlaneState {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  layers: readonly Layer[];
  dirty: Dirty | undefined;
}

/**
 * Stacked canvases that show one image. Changes are announced by `invalidate`; only the invalid parts are redrawn, once
 * in the next animation frame.
 */
export class Stage {
  readonly element: HTMLElement;
  /** Called when the canvases become complete, or cease to be. */
  ondrawn: (isDrawn: boolean) => void = () => undefined;
  readonly #planes: Readonly<Record<StagePlane, PlaneState>>;
  readonly #observer: ResizeObserver;
  readonly #followers = new Set<(view: ViewTransform) => void>();
  #view: ViewTransform;
  #frame: number | undefined;
  #isRoomKnown = false;
  #isDrawn = false;

  /**
   * @param host element that the canvases are added to and cover
   * @param image size of the image, px
   * @param aspect height of a pixel divided by its width
   */
  constructor(host: HTMLElement, image: Size, aspect = 1) {
    this.element = host;
    this.#planes = {
      image: newPlane(host, 'image'),
      overlays: newPlane(host, 'overlays'),
      interaction: newPlane(host, 'interaction'),
    };
    this.#view = ViewTransform.fitted(image, roomOf(host), aspect);
    this.#observer = new ResizeObserver(() => {
      this.#resize();
    });
    this.#observer.observe(host);
  }

  get view(): ViewTransform {
    return this.#view;
  }

  /** Changes the view and redraws everything. */
  set view(view: ViewTransform) {
    if (view === this.#view) return;
    this.#view = view;
    for (const plane of planes) this.invalidate(plane);
    for (const follow of this.#followers) follow(view);
  }

  /** Calls `listener` with the current view and every later one; returns a function that stops it. */
  follow(listener: (view: ViewTransform) => void): () => void {
    this.#followers.add(listener);
    listener(this.#view);
    return () => this.#followers.delete(listener);
  }

  /** Adds a layer on top of a plane; returns a function that removes it. */
  add(plane: StagePlane, layer: Layer): () => void {
    const state = this.#planes[plane];
    state.layers = [...state.layers, layer];
    this.invalidate(plane);
    return () => {
      state.layers = state.layers.filter((other) => other !== layer);
      this.invalidate(plane);
    };
  }

  /** Replaces the layers of a plane, from bottom to top. */
  arrange(plane: StagePlane, layers: readonly Layer[]): void {
    this.#planes[plane].layers = [...layers];
    this.invalidate(plane);
  }

  /**
   * Redraws a plane in the next animation frame.
   *
   * @param part CSS px of the stage; all by default
   */
  invalidate(plane: StagePlane, part: Dirty = 'all'): void {
    const state = this.#planes[plane];
    if (part === 'all' || state.dirty === 'all') state.dirty = 'all';
    else state.dirty = state.dirty === undefined ? part : union(state.dirty, part);
    this.#say(false);
    this.#frame ??= requestAnimationFrame(() => {
      this.#draw();
    });
  }

  /** Like `invalidate`, for a part of the image in px of its full resolution. */
  invalidateImagePart(plane: StagePlane, part: Rectangle): void {
    this.invalidate(plane, this.#view.rectangleToScreen(part));
  }

  dispose(): void {
    this.#observer.disconnect();
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#followers.clear();
    for (const plane of planes) this.#planes[plane].canvas.remove();
  }

  #resize(): void {
    const room = roomOf(this.element);
    const pixels = window.devicePixelRatio;
    for (const plane of planes) {
      const { canvas } = this.#planes[plane];
      canvas.width = Math.max(1, Math.round(room.width * pixels));
      canvas.height = Math.max(1, Math.round(room.height * pixels));
    }
    const { image, aspect } = this.#view;
    this.view = this.#isRoomKnown
      ? this.#view.inRoom(room)
      : ViewTransform.fitted(image, room, aspect);
    this.#isRoomKnown = true;
    for (const plane of planes) this.invalidate(plane);
    // A resized canvas is empty: drawing at once avoids flicker while the window is resized.
    this.#draw();
  }

  #draw(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    for (const plane of planes) {
      const state = this.#planes[plane];
      const dirty = state.dirty;
      state.dirty = undefined;
      if (dirty !== undefined) this.#drawPlane(state, dirty);
    }
    this.#say(this.#isWhole());
  }

  #isWhole(): boolean {
    // A layer that ran out of time has requested another frame.
    if (this.#frame !== undefined) return false;
    return planes.every((plane) =>
      this.#planes[plane].layers.every((layer) => layer.isWhole?.() !== false),
    );
  }

  #say(isDrawn: boolean): void {
    if (isDrawn === this.#isDrawn) return;
    this.#isDrawn = isDrawn;
    this.ondrawn(isDrawn);
  }

  #drawPlane({ canvas, context, layers }: PlaneState, dirty: Dirty): void {
    const whole = { x: 0, y: 0, ...this.#view.room };
    const pixels = canvas.width / Math.max(1, whole.width);
    const part = dirty === 'all' ? whole : intersection(roundedOut(dirty, pixels), whole);
    if (part === undefined) return;
    context.setTransform(pixels, 0, 0, canvas.height / Math.max(1, whole.height), 0, 0);
    context.save();
    context.beginPath();
    context.rect(part.x, part.y, part.width, part.height);
    context.clip();
    context.clearRect(part.x, part.y, part.width, part.height);
    for (const layer of layers) {
      context.save();
      layer.draw(context, this.#view, part);
      context.restore();
    }
    context.restore();
  }
}

function newPlane(host: HTMLElement, plane: StagePlane): PlaneState {
  const canvas = document.createElement('canvas');
  canvas.dataset.plane = plane;
  canvas.style.cssText = 'position:absolute;inset:0;width:100%;height:100%;pointer-events:none';
  host.append(canvas);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('canvas: no 2d context');
  return { canvas, context, layers: [], dirty: 'all' };
}

function roomOf(host: HTMLElement): Size {
  return { width: Math.max(1, host.clientWidth), height: Math.max(1, host.clientHeight) };
}

/** Rounds a rectangle out to whole canvas pixels, plus one on each side for smoothing. */
function roundedOut({ x, y, width, height }: Rectangle, pixels: number): Rectangle {
  const left = (Math.floor(x * pixels) - 1) / pixels;
  const top = (Math.floor(y * pixels) - 1) / pixels;
  const right = (Math.ceil((x + width) * pixels) + 1) / pixels;
  const bottom = (Math.ceil((y + height) * pixels) + 1) / pixels;
  return { x: left, y: top, width: right - left, height: bottom - top };
}
