import { intersection } from '../../../viewer/tools/geometry.ts';
import type { Rectangle } from '../../../../core/mask/tiles.ts';
import type { ViewTransform } from '../../../viewer/view-transform.ts';

/** Visible part of the image, CSS px of the stage; the middle of the image is always visible. */
export function visiblePart(view: ViewTransform): Rectangle {
  const image = view.rectangleToScreen({ x: 0, y: 0, ...view.image });
  return intersection(image, { x: 0, y: 0, ...view.room }) ?? image;
}

/** Position of the line at a share of the visible part, CSS px from the left of the stage. */
export function splitAt(view: ViewTransform, share: number): number {
  const { x, width } = visiblePart(view);
  return x + share * width;
}

/** Share of the visible part, in [0, 1], for a position of the line in CSS px from the left of the stage. */
export function shareAt(view: ViewTransform, at: number): number {
  const { x, width } = visiblePart(view);
  return Math.min(1, Math.max(0, (at - x) / width));
}
