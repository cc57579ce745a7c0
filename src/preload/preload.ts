import { contextBridge, ipcRenderer, webFrame, webUtils } from 'electron';
import type { Answer, EventName } from '../contract/app.ts';
import { channels } from '../contract/bridge.ts';
import type { Bridge } from '../contract/bridge.ts';

// Everything that the page gets in addition to the web platform: the functions of the bridge. Nothing is checked
// here, because a compromised page could bypass a check here; the main process checks every message.

/**
 * Random id of this page. Request numbers restart with every page, so without it answers to the previous page could
 * match.
 */
const thisPage = crypto.getRandomValues(new Uint32Array(4)).join('-');
const waiting = new Map<number, (answer: Answer<unknown>) => void>();

ipcRenderer.on(channels.answer, (_event, page: unknown, id: number, answer: Answer<unknown>) => {
  if (page !== thisPage) return;
  waiting.get(id)?.(answer);
  waiting.delete(id);
});

const bridge: Bridge = {
  request: (id, method, params) =>
    new Promise((resolve) => {
      waiting.set(id, resolve);
      ipcRenderer.send(channels.request, thisPage, id, method, params);
    }),
  abort: (id) => {
    ipcRenderer.send(channels.abort, id);
  },
  listen: (listener) => {
    const received = (_event: unknown, name: EventName, content: unknown): void => {
      listener(name, content);
    };
    ipcRenderer.on(channels.event, received);
    return () => {
      ipcRenderer.off(channels.event, received);
    };
  },
  pathOf: (file) => webUtils.getPathForFile(file),
  platform: process.platform as Bridge['platform'],
};

// Thumbnails are cached by image id, and another workspace has the same ids for other images.
ipcRenderer.on(channels.forgetPictures, () => {
  webFrame.clearCache();
});

contextBridge.exposeInMainWorld('understudy', bridge);
