import type { Session } from 'electron';
import { mediaScheme } from '../contract/bridge.ts';
import type { EngineHost } from './engine-host.ts';

/**
 * Serves `media://image/<id>/<thumbnail|whole>`, so that the page shows pictures with plain `img`
 * elements. Only ids of images pass: the page can name no file.
 */
export function servePictures(session: Session, engine: EngineHost): void {
  session.protocol.handle(mediaScheme, async (request) => {
    const wanted = readPictureUrl(request.url);
    if (wanted === null || request.method !== 'GET') return new Response(null, { status: 400 });
    const answer = await engine.request('image.picture', wanted, request.signal);
    if (!answer.ok) {
      return new Response(answer.error.message, {
        status: answer.error.code === 'engine-stopped' ? 503 : 404,
      });
    }
    if (!(answer.value instanceof Uint8Array)) return new Response(null, { status: 500 });
    return new Response(answer.value as Uint8Array<ArrayBuffer>, {
      headers: {
        'content-type': 'image/webp',
        'x-content-type-options': 'nosniff',
        // An image never changes under its id, within a workspace; another one empties the cache.
        'cache-control': 'private, max-age=31536000, immutable',
      },
    });
  });
}

interface Picture {
  readonly image: number;
  readonly side: 'thumbnail' | 'whole';
}

export function readPictureUrl(url: string): Picture | null {
  const match = /^media:\/\/image\/([1-9]\d{0,14})\/(thumbnail|whole)$/.exec(url);
  return match === null ? null : { image: Number(match[1]), side: match[2] as Picture['side'] };
}
