import type { BandStatistics, ViewedImage } from '../../contract/image-view.ts';
import { call } from '../lib/client.ts';
import { isRescaled, sharesOf, type ShownBands } from './display-range.ts';

/** Largest number of cached images, and of cached statistics. */
const remembered = 256;

/** Cache of the engine's facts and statistics of images. */
export class ImageFactsCache {
  readonly #images = new Map<number, Promise<ViewedImage>>();
  readonly #figures = new Map<string, Promise<BandStatistics[]>>();

  /** @throws RequestError */
  image(id: number): Promise<ViewedImage> {
    return once(this.#images, id, () => call('image.open', { image: id }));
  }

  /** Statistics of the shown bands, at the percentiles of their range, by default 2 and 98. @throws RequestError */
  figures(image: ViewedImage, shown: ShownBands): Promise<BandStatistics[]> {
    const shares = sharesOf(shown, image) ?? [2, 98];
    const request = {
      image: image.id,
      bands: [...shown.bands],
      shares,
      isRescaled: isRescaled(shown, image),
    };
    return once(this.#figures, JSON.stringify(request), () => call('image.statistics', request));
  }
}

/** Cached answer, or a new request; failed requests are not cached. */
function once<K, V>(known: Map<K, Promise<V>>, key: K, ask: () => Promise<V>): Promise<V> {
  const found = known.get(key);
  if (found !== undefined) return found;
  const answer = ask();
  known.set(key, answer);
  for (const oldest of known.keys()) {
    if (known.size <= remembered) break;
    known.delete(oldest);
  }
  answer.catch(() => known.delete(key));
  return answer;
}
