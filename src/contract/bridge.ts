import type { Answer, EventName, MethodName } from './app.ts';

/**
 * What the preload script puts on `window.understudy`: plain functions, as only those cross into the
 * page. `src/renderer/lib/client.svelte.ts` makes a typed client of it.
 */
export interface Bridge {
  /** Sends a request; an error is a value, never a rejection. */
  request(id: number, method: MethodName, params: unknown): Promise<Answer<unknown>>;
  /** Says that the answer to a request is no longer wanted. */
  abort(id: number): void;
  /** Every event from now on; returns a function that ends it. */
  listen(listener: (name: EventName, content: unknown) => void): () => void;
  /** Where a file or folder that was dropped on the window lies. */
  pathOf(file: File): string;
  readonly platform: 'linux' | 'win32' | 'darwin';
}

/** Names of the messages between the preload script and the window's process. */
export const channels = {
  request: 'understudy:request',
  abort: 'understudy:abort',
  event: 'understudy:event',
  forgetPictures: 'understudy:forget-pictures',
} as const;

/** Pictures for the page: `media://image/<id>/thumbnail` or `/whole`. */
export const mediaScheme = 'media';

export function pictureUrl(image: number, side: 'thumbnail' | 'whole'): string {
  return `${mediaScheme}://image/${image}/${side}`;
}
