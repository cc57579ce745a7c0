import { app } from 'electron';
import type { Session, WebContents } from 'electron';
import { devServer, isPage } from './window/page.ts';

/** Schemes by which data could leave this computer, or other files be read. */
const outside = { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'file://*'] };

/**
 * Restricts the page's session: no permission except writing to the clipboard, for its copy buttons, and no network
 * access. The engine downloads files when the user asks for it.
 */
export function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((contents, permission, allow) => {
    allow(isAllowed(permission, contents));
  });
  session.setPermissionCheckHandler(
    (contents, permission) => contents !== null && isAllowed(permission, contents),
  );
  session.setDevicePermissionHandler(() => false);
  session.webRequest.onBeforeRequest(outside, ({ url }, decide) => {
    decide({ cancel: !isDevServer(url) });
  });
}

function isAllowed(permission: string, contents: WebContents): boolean {
  return permission === 'clipboard-sanitized-write' && isPage(contents.mainFrame);
}

function isDevServer(url: string): boolean {
  if (devServer === undefined) return false;
  return new URL(url).host === new URL(devServer).host;
}

/** Protects every page: no new windows, no foreign pages, no embedded ones. */
export function hardenPages(onNavigation: (url: string, contents: WebContents) => void): void {
  app.on('web-contents-created', (_created, contents) => {
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => {
      event.preventDefault();
    });
    contents.on('will-frame-navigate', (event) => {
      // The page may reload itself.
      if (event.isMainFrame && event.url === contents.getURL()) return;
      event.preventDefault();
      if (event.isMainFrame) onNavigation(event.url, contents);
    });
    contents.on('will-redirect', (event) => {
      event.preventDefault();
    });
  });
}
