import { UserError } from '../../core/errors.ts';
import type { Size } from '../../core/mask/tiles.ts';
import { maskFileText } from '../../text/index.ts';

/**
 * Steps (pixels painted, edges and runs walked along, crossings with rows) that drawing the mask of one image may
 * take: a billion, about two seconds, and eight for each pixel, since large images have more to draw.
 */
const baseSteps = 1_000_000_000;
const stepsPerPixel = 8;

/**
 * The work that one file may cost. A file of a few megabytes can describe more work than a computer does in a day,
 * so whatever repeats by numbers from a file counts its steps here.
 */
export class WorkBudget {
  readonly #limit: number;
  readonly #exceeded: (limit: number) => UserError;
  #spent = 0;

  /** @param limit steps. @param exceeded the error for a file that takes more */
  constructor(limit: number, exceeded: (limit: number) => UserError) {
    this.#limit = limit;
    this.#exceeded = exceeded;
  }

  /** @throws the error for a file that takes too many steps */
  spend(steps: number): void {
    this.#spent += steps;
    this.requireLeft(0);
  }

  /** Spends nothing yet, so that a file that takes too much is refused before the work. @throws as `spend` */
  requireLeft(steps: number): void {
    if (this.#spent + steps > this.#limit) throw this.#exceeded(this.#limit);
  }
}

/**
 * The work of drawing the mask of an image.
 *
 * @param path of the file that describes the mask
 */
export function drawingBudget({ width, height }: Size, path: string): WorkBudget {
  return new WorkBudget(
    baseSteps + stepsPerPixel * width * height,
    (limit) =>
      new UserError(
        'too-large',
        maskFileText.tooMuchToDraw(path, Math.round(limit / 1e6), { width, height }),
      ),
  );
}
