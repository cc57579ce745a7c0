import type { BrowserWindow } from 'electron';

/**
 * Continues after a page delayed its end to save something first: the page cannot know whether it is closed or
 * reloaded.
 */
export class Leaving {
  #window: BrowserWindow | null = null;
  /** True if the page delayed closing, false if reloading. */
  #isClosing = false;

  /** Attaches to a window; call it after all others that may keep the window open. */
  watch(window: BrowserWindow): void {
    this.#window = window;
    window.on('close', (event) => {
      this.#isClosing = !event.defaultPrevented;
    });
    window.webContents.on('did-finish-load', () => {
      this.#isClosing = false;
    });
    window.on('closed', () => {
      this.#window = null;
    });
  }

  resume(): void {
    if (this.#isClosing) this.#window?.close();
    else this.#window?.webContents.reload();
  }
}
