import { z } from 'zod';

/** Rectangle of a window, in device-independent pixels. */
export interface WindowBounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const defaultSize = { width: 1280, height: 800 } as const;
export const smallestWindow = { width: 1024, height: 700 } as const;

/** Saved state of the window. */
export const windowState = z.strictObject({
  x: z.int(),
  y: z.int(),
  width: z.int().min(smallestWindow.width).max(20_000),
  height: z.int().min(smallestWindow.height).max(20_000),
  isMaximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowState>;

/** Part of the window that must be on a screen, so that the user can grab it. */
const grip = { width: 160, height: 80 } as const;

/**
 * Returns the bounds to open with: those saved, if they are still on a screen (a monitor may be disconnected), else
 * the default size without a position, which the system then chooses.
 *
 * @param screens work area of each screen
 */
export function openingBounds(
  state: WindowState | null,
  screens: readonly WindowBounds[],
): WindowBounds | { readonly width: number; readonly height: number } {
  if (state !== null && screens.some((screen) => isReachable(state, screen))) {
    const { x, y, width, height } = state;
    return { x, y, width, height };
  }
  return defaultSize;
}

/** Returns true if the upper edge, by which a window is dragged, is on the screen. */
function isReachable(window: WindowBounds, screen: WindowBounds): boolean {
  const width =
    Math.min(window.x + window.width, screen.x + screen.width) - Math.max(window.x, screen.x);
  const below = screen.y + screen.height - window.y;
  return width >= grip.width && window.y >= screen.y && below >= grip.height;
}
