import { clipboard } from 'electron';
import type { BrowserWindow, WebContents } from 'electron';
import { failurePageText } from '../../text/index.ts';
import { failureActions } from './failure-page.ts';
import type { PageFailure } from './failure-page.ts';
import type { Log } from '../log.ts';
import { failureUrl, isOwnUrl, isPageUrl, pageUrl } from './page.ts';

/**
 * Watches over the page: when its process ends or it cannot be loaded, a page without scripts takes its
 * place, which says so and offers to reload; and when the window shows anything else, the page comes back.
 */
export class PageGuard {
  readonly #log: Log;
  readonly #showLog: () => void;
  #failure: PageFailure = { title: failurePageText.none, text: '', details: '' };

  constructor(log: Log, showLog: () => void) {
    this.#log = log;
    this.#showLog = showLog;
  }

  get failure(): PageFailure {
    return this.#failure;
  }

  watch({ webContents }: BrowserWindow): void {
    webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason === 'clean-exit') return;
      this.#show(webContents, {
        title: failurePageText.stopped,
        text: failurePageText.reassurance,
        details: `${reason}, exit code ${exitCode}`,
      });
    });
    webContents.on('did-fail-load', (_event, code, description, url, isMainFrame) => {
      // -3: another load took its place.
      if (!isMainFrame || code === -3) return;
      // Something else was to take the page's place, and is not to be had.
      if (!isOwnUrl(url)) {
        this.#keep(webContents, url);
        return;
      }
      this.#show(webContents, {
        title: failurePageText.notLoaded,
        text: failurePageText.reassurance,
        details: `${description} (${code}), ${url}`,
      });
    });
    // Chromium goes to some addresses, `about:blank` among them, without asking `will-frame-navigate`. To stop it on its way
    // ends the whole program (Electron 33), so the page is brought back once it has gone.
    webContents.on('did-navigate', (_event, url) => {
      if (!isOwnUrl(url)) this.#keep(webContents, url);
    });
    webContents.on('did-navigate-in-page', (_event, url, isMainFrame) => {
      // A page can give itself the address of the failure page, which may ask for nothing.
      if (isMainFrame && !isPageUrl(url)) this.#keep(webContents, url);
    });
    webContents.on('did-finish-load', () => {
      // There is nothing to go back to: not a failure that is over, nor what once took the page's place.
      webContents.navigationHistory.clear();
    });
    webContents.on('preload-error', (_event, file, error) => {
      this.#log.note(`${file}: ${error.message}`);
    });
    webContents.on('unresponsive', () => {
      this.#log.note('The page does not respond.');
    });
    this.#load(webContents, pageUrl);
  }

  /** A link of the failure page was followed; from any other page nothing happens. */
  follow(url: string, contents: WebContents): void {
    if (contents.getURL() !== failureUrl) return;
    if (url === failureActions.reload) this.#load(contents, pageUrl);
    if (url === failureActions.log) this.#showLog();
    if (url === failureActions.copy) {
      const { title, details } = this.#failure;
      void clipboard.writeText(`${title}\n${details}`);
    }
  }

  /** Brings the page back where something else took its place. */
  #keep(contents: WebContents, url: string): void {
    this.#log.note(
      `The window opened ${url.slice(0, 200)} instead of its page; the page is loaded again.`,
    );
    this.#load(contents, pageUrl);
  }

  #show(contents: WebContents, failure: PageFailure): void {
    this.#log.note(`${failure.title}: ${failure.details}`);
    // When not even this page can be shown, showing it again would go on for ever.
    if (contents.getURL() === failureUrl && this.#failure.details === failure.details) return;
    this.#failure = failure;
    this.#load(contents, failureUrl);
  }

  #load(contents: WebContents, url: string): void {
    // A failure comes as an event as well.
    contents.loadURL(url).catch(() => undefined);
  }
}
