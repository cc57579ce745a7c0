import type { Session } from 'electron';
import type { Answer } from '../contract/app.ts';
import { mediaScheme } from '../contract/bridge.ts';
import type { EngineHost } from './engine/engine-host.ts';

/**
 * Serves `media://image/<id>/<thumbnail|whole>`, so that the page shows thumbnails with plain `img` elements. Only
 * image ids are accepted: the page cannot choose any file.
 */
export function servePictures(session: Session, engine: EngineHost): void {
  session.protocol.handle(mediaScheme, async (request) => {
    const wanted = readPictureUrl(request.url);
    if (wanted === null || request.method !== 'GET') return new Response(null, { status: 400 });
    return respond(await askForPicture(engine, wanted, request.signal));
  });
}

interface PictureAnswer {
  readonly answer: Answer<unknown>;
  /** True if the thumbnail at an address never changes. */
  readonly isLasting: boolean;
}

/**
 * Response for an address whose preparation has just changed: the new thumbnail, which must not be cached under that
 * address, because the change may be undone.
 */
async function askForPicture(
  engine: Pick<EngineHost, 'request'>,
  { image, side, mark }: Picture,
  signal: AbortSignal,
): Promise<PictureAnswer> {
  if (mark !== null) {
    const answer = await engine.request('image.picture', { image, side, mark }, signal);
    const isOther = !answer.ok && answer.error.code === 'invalid-option';
    if (!isOther) return { answer, isLasting: true };
  }
  const answer = await engine.request('image.picture', { image, side }, signal);
  return { answer, isLasting: false };
}

function respond({ answer, isLasting }: PictureAnswer): Response {
  if (!answer.ok) {
    return new Response(answer.error.message, {
      status: answer.error.code === 'engine-stopped' ? 503 : 404,
    });
  }
  if (!(answer.value instanceof Uint8Array)) return new Response(null, { status: 500 });
  return new Response(answer.value as Uint8Array<ArrayBuffer>, {
    headers: {
      'content-type': typeOf(answer.value),
      'x-content-type-options': 'nosniff',
      // A thumbnail with a mark never changes within a workspace; opening another workspace empties the cache.
      'cache-control': isLasting ? 'private, max-age=31536000, immutable' : 'no-store',
    },
  });
}

/** Thumbnails are JPEG, larger pictures WebP. */
function typeOf([first, second]: Uint8Array): 'image/jpeg' | 'image/webp' {
  return first === 0xff && second === 0xd8 ? 'image/jpeg' : 'image/webp';
}

interface Picture {
  readonly image: number;
  readonly side: 'thumbnail' | 'whole';
  /** Mark (hash) of the preparation; null: the project's current one. */
  readonly mark: string | null;
}

export function readPictureUrl(url: string): Picture | null {
  const match = /^media:\/\/image\/([1-9]\d{0,14})\/(thumbnail|whole)(?:\?v=([0-9a-f]{8}))?$/.exec(
    url,
  );
  if (match === null) return null;
  const [, image, side, mark = null] = match;
  return { image: Number(image), side: side as Picture['side'], mark };
}
