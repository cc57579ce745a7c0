import type { Answer, EventName, MethodName } from './app.ts';
import type { WrittenPreparation } from './jobs.ts';

/**
 * Functions that the preload script puts on `window.understudy`: plain functions, because only those cross into the
 * page. `src/renderer/lib/client.svelte.ts` makes a typed client of them.
 */
export interface Bridge {
  /** Sends a request; an error is a value, never a rejection. */
  request(id: number, method: MethodName, params: unknown): Promise<Answer<unknown>>;
  /** Says that the answer to a request is no longer wanted. */
  abort(id: number): void;
  /** Passes on every event from now on; returns a function that ends it. */
  listen(listener: (name: EventName, content: unknown) => void): () => void;
  /** Returns the path of a file or folder that was dropped on the window. */
  pathOf(file: File): string;
  readonly platform: 'linux' | 'win32' | 'darwin';
}

/** Names of the messages between the preload script and the window's process. */
export const channels = {
  /** Page, number, method, parameters. */
  request: 'understudy:request',
  /**
   * Page, number, answer. Answers take the way of events: what Electron's `invoke` gives back takes another, on
   * which it may overtake events that were sent before it.
   */
  answer: 'understudy:answer',
  abort: 'understudy:abort',
  event: 'understudy:event',
  forgetPictures: 'understudy:forget-pictures',
} as const;

/**
 * Pictures for the page: `media://image/<id>/thumbnail` or `/whole`, with `?v=` and the mark of the
 * preparation under which the image is seen: pictures are kept for ever by their addresses.
 */
export const mediaScheme = 'media';

export function pictureUrl(image: number, side: 'thumbnail' | 'whole', mark: string): string {
  return `${mediaScheme}://image/${image}/${side}?v=${mark}`;
}

/** Tells preparations apart: eight hexadecimal digits, by FNV-1a with 32 bits (RFC 9923). */
export function preparationMark({ bands = [], range }: WrittenPreparation): string {
  let hash = 0x811c9dc5;
  for (const letter of `${bands.join()} ${range}`) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
