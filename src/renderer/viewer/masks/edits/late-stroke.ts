import type { Stroke } from './painter.ts';

/**
 * Stroke that records its calls until the real stroke can begin, then replays them.
 *
 * @param whenBegun gets a callback, to be called once with the stroke, or with undefined if there will be none
 */
export function lateStroke(
  whenBegun: (begun: (stroke: Stroke | undefined) => void) => void,
): Stroke {
  const waiting: ((stroke: Stroke) => void)[] = [];
  let stroke: Stroke | undefined;
  whenBegun((made) => {
    stroke = made;
    if (made !== undefined) for (const tell of waiting.splice(0)) tell(made);
  });
  const tell = (what: (stroke: Stroke) => void): void => {
    if (stroke === undefined) waiting.push(what);
    else what(stroke);
  };
  return {
    draw: (shape) => {
      tell((made) => {
        made.draw(shape);
      });
    },
    end: () => {
      tell((made) => {
        made.end();
      });
    },
    cancel: () => {
      tell((made) => {
        made.cancel();
      });
    },
  };
}
