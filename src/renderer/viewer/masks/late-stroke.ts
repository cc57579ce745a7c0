import type { Stroke } from './painter.ts';

/** A stroke that is drawn before it can be begun: what it is told is told again when it can. */
export function lateStroke(begun: Promise<Stroke | undefined>): Stroke {
  const told: ((stroke: Stroke) => void)[] = [];
  let stroke: Stroke | undefined;
  void begun.then((made) => {
    stroke = made;
    if (made !== undefined) for (const tell of told.splice(0)) tell(made);
  });
  const tell = (what: (stroke: Stroke) => void): void => {
    if (stroke === undefined) told.push(what);
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
