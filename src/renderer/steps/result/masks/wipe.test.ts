import { describe, expect, it } from 'vitest';
import { ViewTransform } from '../../../viewer/view-transform.ts';
import { seenPart, shareAt, splitAt } from './wipe.ts';

// 100 × 100 px in the middle of 400 × 200: twice its size, from 100 to 300.
const fitted = ViewTransform.fitted({ width: 100, height: 100 }, { width: 400, height: 200 });

describe('where two masks meet', () => {
  it('is a share of the image where all of it is seen', () => {
    expect(seenPart(fitted)).toEqual({ x: 100, y: 0, width: 200, height: 200 });
    expect([0, 0.25, 1].map((share) => splitAt(fitted, share))).toEqual([100, 150, 300]);
  });

  it('is a share of what is seen of it, so that the hand finds it however near one looks', () => {
    const near = fitted.zoomedBy(4);
    expect(seenPart(near)).toEqual({ x: 0, y: 0, width: 400, height: 200 });
    expect(splitAt(near, 0.25)).toBe(100);
  });

  it('follows the hand, and stays on the image', () => {
    for (const view of [fitted, fitted.zoomedBy(3).movedBy(40, 10)]) {
      for (const share of [0, 0.3, 1]) {
        expect(shareAt(view, splitAt(view, share))).toBeCloseTo(share, 12);
      }
    }
    expect(shareAt(fitted, 20)).toBe(0);
    expect(shareAt(fitted, 390)).toBe(1);
  });
});
