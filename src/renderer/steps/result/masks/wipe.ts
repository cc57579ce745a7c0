import { intersection, type Rectangle } from '../../../viewer/geometry.ts';
import type { ViewTransform } from '../../../viewer/view-transform.ts';

/** What is seen of the image, CSS px of the stage: its middle is always in it. */
export function seenPart(view: ViewTransform): Rectangle {
  const image = view.rectangleToScreen({ x: 0, y: 0, ...view.image });
  return intersection(image, { x: 0, y: 0, ...view.room }) ?? image;
}

/** Where the two masks meet, CSS px from the stage's left: at a share of what is seen of the image. */
export function splitAt(view: ViewTransform, share: number): number {
  const { x, width } = seenPart(view);
  return x + share * width;
}

/** The share, in [0, 1], at which the two meet at a place of the stage. */
export function shareAt(view: ViewTransform, at: number): number {
  const { x, width } = seenPart(view);
  return Math.min(1, Math.max(0, (at - x) / width));
}
