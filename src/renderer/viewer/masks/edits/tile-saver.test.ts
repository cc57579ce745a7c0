import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { MaskInfo, MaskTileChange } from '../../../../contract/masks.ts';
import { countRuns } from '../../../../core/mask/run-length.ts';
import { SparseMask } from '../../../../core/mask/sparse-mask.ts';
import { tilePixels } from '../../../../core/mask/tiles.ts';
import { type SaveState, TileSaver } from './tile-saver.ts';

const size = { width: 40_000, height: 512 };
const info = {} as MaskInfo;

interface Sent {
  readonly image: number;
  readonly tiles: MaskTileChange[];
}

/** Saver whose requests wait until the test answers them. */
function setUp(known?: ReadonlySet<number>) {
  const sent: Sent[] = [];
  const answers: ((error?: Error) => void)[] = [];
  const states: SaveState[] = [];
  const failures: boolean[] = [];
  const saver = new TileSaver({
    send: (image, tiles) =>
      new Promise((resolve, reject) => {
        // Copied as the bridge does.
        sent.push({ image, tiles: structuredClone(tiles) });
        answers.push((error) => {
          if (error === undefined) resolve(info);
          else reject(error);
        });
      }),
    ...(known && { known: () => [...known] }),
    changed: (state) => states.push(state),
    failed: (_, isGone) => failures.push(isGone),
  });
  const answer = async (error?: Error): Promise<void> => {
    answers.shift()?.(error);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { saver, sent, states, failures, answer };
}

function paint(mask: SparseMask, x: number, value: number): void {
  mask.writable({ x, y: 0 })?.fill(value);
}

describe('a saver', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('sends touched tiles at once, and tiles of background only as empty', async () => {
    const { saver, sent, states, answer } = setUp();
    const mask = new SparseMask(size);
    paint(mask, 1, 3);
    paint(mask, 2, 0);
    saver.touch(7, mask, [
      { x: 1, y: 0 },
      { x: 2, y: 0 },
    ]);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.tiles.map(({ x, runs }) => [x, runs?.[0]])).toEqual([
      [1, 3],
      [2, undefined],
    ]);
    expect(saver.isUnsaved(7, { x: 1, y: 0 })).toBe(true);
    await answer();
    expect(saver.isUnsaved(7, { x: 1, y: 0 })).toBe(false);
    expect(states).toEqual(['saving', 'saved']);
  });

  it('sends strokes made during a request together in the next one', async () => {
    const { saver, sent, answer } = setUp();
    const mask = new SparseMask(size);
    for (const value of [1, 2, 3]) {
      paint(mask, 0, value);
      saver.touch(7, mask, [{ x: 0, y: 0 }]);
    }
    expect(sent).toHaveLength(1);
    await answer();
    expect(sent).toHaveLength(2);
    expect(sent[1]?.tiles[0]?.runs?.[0]).toBe(3);
    await answer();
    expect(await saver.flush()).toBe(true);
  });

  it('sends many tiles in parts', async () => {
    const { saver, sent, answer } = setUp();
    const places = Array.from({ length: 70 }, (_, x) => ({ x, y: 0 }));
    saver.touch(7, new SparseMask(size), places);
    await answer();
    await answer();
    await answer();
    expect(sent.map(({ tiles }) => tiles.length)).toEqual([32, 32, 6]);
    expect(sent.flatMap(({ tiles }) => tiles.map(({ x }) => x))).toEqual(places.map(({ x }) => x));
    expect(saver.state).toBe('saved');
  });

  it('keeps tiles that could not be saved, and retries them with newer ones', async () => {
    const { saver, sent, states, failures, answer } = setUp();
    const mask = new SparseMask(size);
    paint(mask, 0, 1);
    saver.touch(7, mask, [{ x: 0, y: 0 }]);
    await answer(new Error('the engine has gone'));
    expect(saver.state).toBe('failed');
    paint(mask, 1, 2);
    saver.touch(7, mask, [{ x: 1, y: 0 }]);
    expect(sent).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(500);
    expect(sent[1]?.tiles.map(({ x }) => x).sort()).toEqual([0, 1]);
    await answer(new Error('still not there'));
    expect(failures).toEqual([false]);
    await vi.advanceTimersByTimeAsync(999);
    expect(sent).toHaveLength(2);
    saver.retry();
    expect(sent).toHaveLength(3);
    await answer();
    expect(states).toEqual(['saving', 'failed', 'saved']);
    expect(saver.maskOf(7)).toBeUndefined();
  });

  it('says that flushing failed, and keeps everything', async () => {
    const { saver, answer } = setUp();
    const mask = new SparseMask(size);
    saver.touch(7, mask, [{ x: 0, y: 0 }]);
    const flushed = saver.flush();
    await answer(new Error('no'));
    expect(await flushed).toBe(false);
    expect(saver.maskOf(7)).toBe(mask);
  });

  it('discards tiles of a removed image, and continues with others', async () => {
    const { saver, sent, failures, answer } = setUp();
    saver.touch(7, new SparseMask(size), [{ x: 0, y: 0 }]);
    saver.touch(8, new SparseMask(size), [{ x: 0, y: 0 }]);
    await answer(Object.assign(new Error('gone'), { code: 'not-found' }));
    expect(failures).toEqual([true]);
    await answer();
    expect(sent.map(({ image }) => image)).toEqual([7, 8]);
    expect(saver.state).toBe('saved');
  });

  it('saves pixels of a removed class as background, without blocking other tiles', async () => {
    const known = new Set([1, 2]);
    const { saver, sent, answer } = setUp(known);
    const [mask, other] = [new SparseMask(size), new SparseMask(size)];
    paint(mask, 0, 2);
    mask.writable({ x: 0, y: 0 })?.fill(255, 0, 9);
    paint(other, 0, 1);
    saver.touch(7, mask, [{ x: 0, y: 0 }]);
    known.delete(2);
    saver.touch(8, other, [{ x: 0, y: 0 }]);
    await answer(Object.assign(new Error('no class has 2'), { code: 'invalid-option' }));
    await vi.advanceTimersByTimeAsync(600);
    await answer();
    await answer();
    const counts = sent.map(({ tiles }) => [
      ...countRuns(tiles[0]?.runs ?? new Uint8Array()).counts,
    ]);
    expect(counts.slice(1)).toEqual([[[255, 9]], [[1, tilePixels]]]);
    expect(saver.state).toBe('saved');
  });
});
