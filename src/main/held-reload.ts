import type { BrowserWindow } from 'electron';

/**
 * A page that has something to save holds its end up and closes the window once it has: what it cannot know is
 * whether it was to be closed or to be loaded again. Where it was to be loaded again, it is.
 */
export function keepReloads(window: BrowserWindow): void {
  let isClosing = false;
  let isHeld = false;
  window.on('close', (event) => {
    if (event.defaultPrevented) return;
    if (isHeld) {
      event.preventDefault();
      window.webContents.reload();
    }
    isClosing = !isHeld;
    isHeld = false;
  });
  window.webContents.on('will-prevent-unload', () => {
    isHeld = !isClosing;
    isClosing = false;
  });
}
