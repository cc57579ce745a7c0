import { expect, it } from 'vitest';
import type { MaskPatch } from '../../../core/mask/patch.ts';
import { MaskHistory } from './mask-history.ts';

function change(image: number, x: number) {
  const rectangle = { x, y: 0, width: 1, height: 1 };
  return { image, name: `${image}.png`, patch: { tiles: [], rectangle } satisfies MaskPatch };
}

it('goes back and forth through edits of all images, in the order in which they were made', () => {
  const history = new MaskHistory();
  // More than the labels' history keeps.
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

it('forgets an image that is gone', () => {
  const history = new MaskHistory();
  for (const image of [1, 2, 1, 2]) history.add(change(image, 0));
  history.move('undo');
  history.forget(1);
  expect(history.next('redo')?.image).toBe(2);
  expect(history.next('undo')?.image).toBe(2);
  history.forget(2);
  expect([history.next('undo'), history.next('redo')]).toEqual([undefined, undefined]);
});
