import type { Point } from '../../tools/geometry.ts';
import type { Rectangle } from '../../../../core/mask/tiles.ts';
import type { Stage } from '../../stage.ts';
import type { ViewTransform } from '../../view-transform.ts';
import type { Rgb } from '../layers/colouring.ts';

/** Margin around the circle for its soft edge, CSS px. */
const margin = 8;

/** Cursor of a brush: a circle with the pixels under it visible and an edge that contrasts with any image. */
export class BrushCursor {
  #at: Point | null = null;
  #radius = 0;
  #shown: Rectangle | undefined;

  /** Moves the cursor. @param at px of the image; null hides it. @param radius px of the image */
  show(stage: Stage, at: Point | null, radius: number): void {
    if (this.#shown !== undefined) stage.invalidate('interaction', this.#shown);
    this.#at = at;
    this.#radius = radius;
    this.#shown = at === null ? undefined : boxOf(stage.view, at, radius);
    if (this.#shown !== undefined) stage.invalidate('interaction', this.#shown);
  }

  draw(context: CanvasRenderingContext2D, view: ViewTransform, [red, green, blue]: Rgb): void {
    if (this.#at === null) return;
    const { x, y } = view.toScreen(this.#at);
    const [across, down] = [this.#radius * view.scale, this.#radius * view.scaleY];
    const circle = (by: number, width: number, style: string): void => {
      context.beginPath();
      context.ellipse(x, y, Math.max(1, across + by), Math.max(1, down + by), 0, 0, 2 * Math.PI);
      context.lineWidth = width;
      context.strokeStyle = style;
      context.stroke();
    };
    // Soft outside, sharp at the edge of the painted area.
    circle(3, 5, `rgb(${red} ${green} ${blue} / 0.18)`);
    circle(0.75, 2.5, 'rgb(0 0 0 / 0.55)');
    circle(0, 1.25, 'rgb(255 255 255 / 0.95)');
    context.fillStyle = `rgb(${red} ${green} ${blue})`;
    if (Math.min(across, down) > 6) context.fillRect(x - 1, y - 1, 2, 2);
  }
}

function boxOf(view: ViewTransform, at: Point, radius: number): Rectangle {
  const { x, y } = view.toScreen(at);
  const [across, down] = [radius * view.scale + margin, radius * view.scaleY + margin];
  return { x: x - across, y: y - down, width: 2 * across, height: 2 * down };
}
