import type { BrowserWindow } from 'electron';

/**
 * What a page goes on with that held its end up to save something first: it cannot know whether it is to be
 * closed or to be loaded again.
 */
export class Leaving {
  #window: BrowserWindow | null = null;
  /** Whether it was closing that the page held up. */
  #isClosing = false;

  /** After others who may keep the window open. */
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

  goOn(): void {
    if (this.#isClosing) this.#window?.close();
    else this.#window?.webContents.reload();
  }
}
