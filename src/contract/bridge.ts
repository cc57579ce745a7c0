import type { Answer, EventName, MethodName } from './app.ts';
import type { WrittenPreparation } from './jobs.ts';

/**
 * Functions that the preload script puts on `window.understudy`: plain functions, because only these can be passed to
 * the page. `src/renderer/lib/client.svelte.ts` makes a typed client of them.
 */
export interface Bridge {
  /** Sends a request; an error is a value, never a rejection. */
  request(id: number, method: MethodName, params: unknown): Promise<Answer<unknown>>;
  /** Cancels a request. */
  abort(id: number): void;
  /** Forwards every event from now on; returns a function that stops it. */
  listen(listener: (name: EventName, content: unknown) => void): () => void;
  /** Returns the path of a file or folder that was dropped on the app. */
  pathOf(file: File): string;
  readonly platform: 'linux' | 'win32' | 'darwin';
}

/** Names of the messages between the preload script and the main process. */
export const channels = {
  /** Page, number, method, parameters. */
  request: 'understudy:request',
  /**
   * Page, number, answer. Answers are sent like events: the results of Electron's `invoke` use another channel and
   * may overtake events that were sent earlier.
   */
  answer: 'understudy:answer',
  abort: 'understudy:abort',
  event: 'understudy:event',
  forgetPictures: 'understudy:forget-pictures',
} as const;

/**
 * Addresses of thumbnails for the page: `media://image/<id>/thumbnail` or `/whole`, with `?v=` and the mark of the
 * image's preparation: thumbnails are cached without expiry under their addresses.
 */
export const mediaScheme = 'media';

export function pictureUrl(image: number, side: 'thumbnail' | 'whole', mark: string): string {
  return `${mediaScheme}://image/${image}/${side}?v=${mark}`;
}

/** Identifies a preparation: eight hexadecimal digits, by FNV-1a with 32 bits (RFC 9923). */
export function preparationMark({ bands = [], range }: WrittenPreparation): string {
  let hash = 0x811c9dc5;
  for (const letter of `${bands.join()} ${range}`) {
    hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
