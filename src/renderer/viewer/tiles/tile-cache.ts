import { ByteCache } from '../../../core/byte-cache.ts';
import type { TileValues } from './tile-values.ts';

/** Largest size of the cache of stored values, bytes. */
const valueCacheBytes = 2 ** 28;

const tileBytes = ({ data }: TileValues): number => data.byteLength;

export function newTileCache(most = valueCacheBytes): ByteCache<TileValues> {
  return new ByteCache(most, tileBytes);
}
