import { expect, it } from 'vitest';
import { type MaskPatch, patchOf, tilePatch } from '../../../../core/mask/patch.ts';
import { tilePixels } from '../../../../core/mask/tiles.ts';
import { MaskHistory } from './mask-history.ts';

function change(image: number, x: number) {
  const rectangle = { x, y: 0, width: 1, height: 1 };
  return { image, name: `${image}.png`, patch: { tiles: [], rectangle } satisfies MaskPatch };
}

it('undoes and redoes edits of all images in the order in which they were made', () => {
  const history = new MaskHistory();
  // More than the limit of the labels' history.
  const edits = Array.from({ length: 500 }, (_, at) => change(at % 3, at));
  for (const edit of edits) history.add(edit);
  for (const edit of [...edits].reverse()) {
    expect(history.next('undo')).toBe(edit);
    history.move('undo');
  }
  expect(history.next('undo')).toBeUndefined();
  for (const edit of edits.slice(0, 10)) {
    expect(history.next('redo')).toBe(edit);
    history.move('redo');
  }
  history.add(change(9, 0));
  expect(history.next('redo')).toBeUndefined();
});

it('takes marks back like edits, and keeps them where only the mask is another', () => {
  const history = new MaskHistory();
  const mark = { image: 1, name: '1.png', states: { before: 'draft', after: 'done' } } as const;
  history.add(change(1, 0));
  history.add(mark);
  expect(history.next('undo')).toBe(mark);
  expect(history.forgetValues(new Set([1]))).toBe(false);
  expect(history.forget(1)).toBe(true);
  expect(history.next('undo')).toBe(mark);
  history.move('undo');
  expect([history.next('undo'), history.next('redo')]).toEqual([undefined, mark]);
  history.forgetAll(1);
  expect(history.next('redo')).toBeUndefined();
});

it('forgets the edits of an image', () => {
  const history = new MaskHistory();
  for (const image of [1, 2, 1, 2]) history.add(change(image, 0));
  history.move('undo');
  history.forget(1);
  expect(history.next('redo')?.image).toBe(2);
  expect(history.next('undo')?.image).toBe(2);
  history.forget(2);
  expect([history.next('undo'), history.next('redo')]).toEqual([undefined, undefined]);
});

it('forgets edits with the value of a class that is gone, on whichever side of them it is', () => {
  const rectangle = { x: 3, y: 1, width: 20, height: 2 };
  const painted = (before: number, after: number): MaskPatch => {
    const tile = (value: number): Uint8Array => new Uint8Array(tilePixels).fill(value);
    const patch = patchOf([tilePatch({ x: 1, y: 0 }, tile(before), tile(after), rectangle)]);
    if (patch === undefined) throw new Error('nothing was painted');
    return patch;
  };
  const history = new MaskHistory();
  for (const [before, after] of [
    [0, 1],
    [0, 2],
    [2, 0],
    [1, 0],
  ] as const) {
    history.add({ image: 1, name: 'a', patch: painted(before, after) });
  }
  history.move('undo');
  expect(history.forgetValues(new Set([3]))).toBe(false);
  expect(history.forgetValues(new Set([2]))).toBe(true);
  expect(history.next('redo')).toMatchObject({ patch: painted(1, 0) });
  expect(history.next('undo')).toMatchObject({ patch: painted(0, 1) });
  history.move('undo');
  expect(history.next('undo')).toBeUndefined();
});
