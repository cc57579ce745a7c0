import { describe, expect, it } from 'vitest';
import { positionsOf } from '../ranges.ts';
import { type Modifiers, noneSelected, picked, type Selected } from './selected.ts';

const plain: Modifiers = { shiftKey: false, ctrlKey: false, metaKey: false };
const shift = { ...plain, shiftKey: true };
const control = { ...plain, ctrlKey: true };
const command = { ...plain, metaKey: true };

/** Selection after a sequence of clicks. */
function after(...clicks: readonly (readonly [number, Modifiers])[]): Selected {
  return clicks.reduce((selected, [at, keys]) => picked(selected, at, keys), noneSelected);
}

function positions({ ranges }: Selected): number[] {
  return [...positionsOf(ranges)];
}

describe('a selection', () => {
  it('is one tile after a click, which has the focus', () => {
    const selected = after([4, plain], [9, plain]);
    expect(positions(selected)).toEqual([9]);
    expect(selected.focus).toBe(9);
  });

  it('stretches from the last plain click, both ways', () => {
    expect(positions(after([4, plain], [6, shift]))).toEqual([4, 5, 6]);
    expect(positions(after([4, plain], [6, shift], [2, shift]))).toEqual([2, 3, 4]);
  });

  it.each([control, command])('takes one more, and takes it back', (more) => {
    expect(positions(after([1, plain], [5, more]))).toEqual([1, 5]);
    expect(positions(after([1, plain], [5, more], [1, more]))).toEqual([5]);
  });

  it('adds a stretch with both', () => {
    const both = { ...shift, ctrlKey: true };
    expect(positions(after([1, plain], [5, control], [7, both]))).toEqual([1, 5, 6, 7]);
  });
});
