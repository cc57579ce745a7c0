import { app } from 'electron';
import type { Session, WebContents } from 'electron';
import { devServer, isPage } from './window/page.ts';

/** Schemes by which something could leave this machine, or another file come in. */
const outside = { urls: ['http://*/*', 'https://*/*', 'ws://*/*', 'wss://*/*', 'file://*'] };

/**
 * The page gets no permission, but to write the clipboard for its copy buttons, and no network: what
 * must be fetched, the engine fetches when a person asks for it.
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

/** Protects every page: no new windows, no other pages in it, no embedded ones. */
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
