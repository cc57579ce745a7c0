import type { BrowserWindow, WebContents } from 'electron';
import type { EventName, EventOf } from '../contract/app.ts';
import { channels } from '../contract/bridge.ts';
import type { EngineHost } from './engine/engine-host.ts';
import type { Log } from './log.ts';
import { openWindow, raise } from './window/window.ts';

/** The window with the page; there is none before it opens and after it was closed. */
export class OpenPage {
  window: BrowserWindow | null = null;

  get contents(): WebContents | null {
    return this.window?.webContents ?? null;
  }

  open(log: Log, engine: EngineHost): BrowserWindow {
    const window = openWindow(log);
    this.window = window;
    window.on('closed', () => {
      this.window = null;
    });
    window.webContents.on('did-finish-load', () => {
      // A page that was not loaded yet when the state was sent.
      if (engine.state !== null) this.send('engine.state', engine.state);
    });
    return window;
  }

  send<E extends EventName>(name: E, content: EventOf<E>): void {
    if (this.window?.isDestroyed() === false) {
      this.window.webContents.send(channels.event, name, content);
    }
  }

  raise(): void {
    if (this.window !== null) raise(this.window);
  }
}
