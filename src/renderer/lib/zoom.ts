/** How an image is looked at: times as large as it fits, moved from the middle by px of the screen. */
export interface Zoom {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export const fitted: Zoom = { scale: 1, x: 0, y: 0 };

const largest = 32;

/**
 * Larger or smaller around a point, which stays where it is; never smaller than it fits.
 *
 * @param x of the point, px from the middle of the room, as `y`
 */
export function zoomedAt(zoom: Zoom, factor: number, x: number, y: number): Zoom {
  const scale = Math.min(largest, Math.max(1, zoom.scale * factor));
  if (scale === 1) return fitted;
  const grown = scale / zoom.scale;
  return { scale, x: x - (x - zoom.x) * grown, y: y - (y - zoom.y) * grown };
}

/** Moved by px of the screen; an image that fits stays in the middle. */
export function panned(zoom: Zoom, dx: number, dy: number): Zoom {
  return zoom.scale === 1 ? zoom : { ...zoom, x: zoom.x + dx, y: zoom.y + dy };
}

/** The factor of a turn of the wheel; a notch of 100 px is a fifth more or less. */
export function wheelFactor(deltaY: number): number {
  return 1.2 ** (-deltaY / 100);
}
