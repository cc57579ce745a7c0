import type { Point } from './tools/geometry.ts';
import type { Size, Rectangle } from '../../core/mask/tiles.ts';

/** Largest scale, CSS px per image pixel. */
const largest = 64;
/** Largest scale at which a small image is fitted. */
const largestFit = 16;
/** Smallest scale, as a share of the fitting scale. */
const smallest = 0.5;

interface State {
  readonly image: Size;
  readonly room: Size;
  readonly aspect: number;
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/**
 * Immutable transform from image to stage: scale and translation, no rotation. Image coordinates are px of full
 * resolution from the corner of the first pixel, so that pixel (column, row) spans (column, row) to
 * (column + 1, row + 1). Screen coordinates are CSS px from the stage's top left corner. The middle of the stage is
 * always within the image.
 */
export class ViewTransform {
  readonly image: Size;
  /** Size of the stage, CSS px. */
  readonly room: Size;
  /** Height of a pixel divided by its width, from the file's spacing; 1 for square pixels. */
  readonly aspect: number;
  /** CSS px per image pixel along a row. */
  readonly scale: number;
  /** Screen position of the image's top left corner. */
  readonly x: number;
  readonly y: number;

  private constructor({ image, room, aspect, scale, x, y }: State) {
    this.image = image;
    this.room = room;
    this.aspect = aspect;
    this.scale = scale;
    this.x = x;
    this.y = y;
  }

  /** Transform that centres the whole image, as large as it fits. */
  static fitted(image: Size, room: Size, aspect = 1): ViewTransform {
    const scale = fittingScale(image, room, aspect);
    const x = (room.width - image.width * scale) / 2;
    const y = (room.height - image.height * scale * aspect) / 2;
    return new ViewTransform({ image, room, aspect, scale, x, y });
  }

  /** CSS px per image pixel along a column. */
  get scaleY(): number {
    return this.scale * this.aspect;
  }

  get isFitted(): boolean {
    const fitted = this.fit();
    return this.scale === fitted.scale && this.x === fitted.x && this.y === fitted.y;
  }

  toScreen({ x, y }: Point): Point {
    return { x: this.x + x * this.scale, y: this.y + y * this.scaleY };
  }

  toImage({ x, y }: Point): Point {
    return { x: (x - this.x) / this.scale, y: (y - this.y) / this.scaleY };
  }

  rectangleToScreen({ x, y, width, height }: Rectangle): Rectangle {
    return {
      ...this.toScreen({ x, y }),
      width: width * this.scale,
      height: height * this.scaleY,
    };
  }

  rectangleToImage({ x, y, width, height }: Rectangle): Rectangle {
    return {
      ...this.toImage({ x, y }),
      width: width / this.scale,
      height: height / this.scaleY,
    };
  }

  /** Visible part in image coordinates, which may extend beyond the image. */
  get visible(): Rectangle {
    return this.rectangleToImage({ x: 0, y: 0, ...this.room });
  }

  fit(): ViewTransform {
    return ViewTransform.fitted(this.image, this.room, this.aspect);
  }

  /** Zooms by a factor around a fixed point of the screen. */
  zoomedBy(factor: number, around: Point = this.#middle()): ViewTransform {
    return this.zoomedTo(this.scale * factor, around);
  }

  /** Zooms to a scale, CSS px per image pixel, around a fixed point of the screen. */
  zoomedTo(wanted: number, around: Point = this.#middle()): ViewTransform {
    const fitting = fittingScale(this.image, this.room, this.aspect);
    const scale = Math.min(largest, Math.max(Math.min(fitting * smallest, 1), wanted));
    const grown = scale / this.scale;
    return this.#with({
      scale,
      x: around.x - (around.x - this.x) * grown,
      y: around.y - (around.y - this.y) * grown,
    });
  }

  /** Moves the image by CSS px of the screen. */
  movedBy(dx: number, dy: number): ViewTransform {
    return this.#with({ x: this.x + dx, y: this.y + dy });
  }

  /** Moves a point of the image to the middle of the stage. */
  centredOn(point: Point): ViewTransform {
    const now = this.toScreen(point);
    const middle = this.#middle();
    return this.movedBy(middle.x - now.x, middle.y - now.y);
  }

  /** Adapts to another size of the stage: a fitted image is fitted again, else the point in the middle stays there. */
  inRoom(room: Size): ViewTransform {
    if (this.isFitted) return ViewTransform.fitted(this.image, room, this.aspect);
    const dx = (room.width - this.room.width) / 2;
    const dy = (room.height - this.room.height) / 2;
    return this.#with({ room, x: this.x + dx, y: this.y + dy });
  }

  /** Transform for another image: the same one if size and aspect are equal, else fitted. */
  ofImage(image: Size, aspect = 1): ViewTransform {
    const isAlike =
      image.width === this.image.width &&
      image.height === this.image.height &&
      aspect === this.aspect;
    return isAlike ? this : ViewTransform.fitted(image, this.room, aspect);
  }

  #middle(): Point {
    return { x: this.room.width / 2, y: this.room.height / 2 };
  }

  #with(change: Partial<State>): ViewTransform {
    const state: State = { ...this.#state(), ...change };
    const { image, room, scale, aspect } = state;
    return new ViewTransform({
      ...state,
      x: within(state.x, room.width / 2 - image.width * scale, room.width / 2),
      y: within(state.y, room.height / 2 - image.height * scale * aspect, room.height / 2),
    });
  }

  #state(): State {
    const { image, room, aspect, scale, x, y } = this;
    return { image, room, aspect, scale, x, y };
  }
}

/** Zoom factor of a wheel delta: 1.2 per notch of 100 px. */
export function wheelFactor(deltaY: number): number {
  return 1.2 ** (-deltaY / 100);
}

function fittingScale(image: Size, room: Size, aspect: number): number {
  const scale = Math.min(room.width / image.width, room.height / (image.height * aspect));
  return Math.max(Number.MIN_VALUE, Math.min(scale, largestFit));
}

function within(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
