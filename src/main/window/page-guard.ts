import { clipboard } from 'electron';
import type { BrowserWindow, WebContents } from 'electron';
import { failurePageText } from '../../text/index.ts';
import { failureActions } from './failure-page.ts';
import type { PageFailure } from './failure-page.ts';
import type { Log } from '../log.ts';
import { failureUrl, isOwnUrl, isPageUrl, pageUrl } from './page.ts';

/**
 * Guards the page: replaces a page that crashed or cannot be loaded by a script-free error page with a reload link,
 * and loads the page again if the window shows any other address.
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
      // -3: replaced by another load.
      if (!isMainFrame || code === -3) return;
      // Another address was about to replace the page, and cannot be loaded.
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
    // Chromium goes to some addresses, `about:blank` among them, without asking `will-frame-navigate`. Stopping that
    // navigation would end the whole program (Electron 33), so the page is loaded again afterwards.
    webContents.on('did-navigate', (_event, url) => {
      if (!isOwnUrl(url)) this.#keep(webContents, url);
    });
    webContents.on('did-navigate-in-page', (_event, url, isMainFrame) => {
      // A page could give itself the address of the failure page, which must make no requests.
      if (isMainFrame && !isPageUrl(url)) this.#keep(webContents, url);
    });
    webContents.on('did-finish-load', () => {
      // Going back is never useful: neither to a past failure, nor to an address that replaced the page.
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

  /** Handles a click on a link of the failure page; ignores other pages. */
  follow(url: string, contents: WebContents): void {
    if (contents.getURL() !== failureUrl) return;
    if (url === failureActions.reload) this.#load(contents, pageUrl);
    if (url === failureActions.log) this.#showLog();
    if (url === failureActions.copy) {
      const { title, details } = this.#failure;
      void clipboard.writeText(`${title}\n${details}`);
    }
  }

  /** Loads the page again if another address has replaced it. */
  #keep(contents: WebContents, url: string): void {
    this.#log.note(
      `The window opened ${url.slice(0, 200)} instead of its page; the page is loaded again.`,
    );
    this.#load(contents, pageUrl);
  }

  #show(contents: WebContents, failure: PageFailure): void {
    this.#log.note(`${failure.title}: ${failure.details}`);
    // If not even this page can be shown, showing it again would never end.
    if (contents.getURL() === failureUrl && this.#failure.details === failure.details) return;
    this.#failure = failure;
    this.#load(contents, failureUrl);
  }

  #load(contents: WebContents, url: string): void {
    // A failure also arrives as an event.
    contents.loadURL(url).catch(() => undefined);
  }
}
