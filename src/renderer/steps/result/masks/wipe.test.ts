import { describe, expect, it } from 'vitest';
import { ViewTransform } from '../../../viewer/view-transform.ts';
import { visiblePart, shareAt, splitAt } from './wipe.ts';

// 100 × 100 px in the middle of 400 × 200: twice its size, from 100 to 300.
const fitted = ViewTransform.fitted({ width: 100, height: 100 }, { width: 400, height: 200 });

describe('the line between two masks', () => {
  it('is at a share of the image if all of it is visible', () => {
    expect(visiblePart(fitted)).toEqual({ x: 100, y: 0, width: 200, height: 200 });
    expect([0, 0.25, 1].map((share) => splitAt(fitted, share))).toEqual([100, 150, 300]);
  });

  it('is at a share of the visible part, so that it can be reached at any zoom', () => {
    const near = fitted.zoomedBy(4);
    expect(visiblePart(near)).toEqual({ x: 0, y: 0, width: 400, height: 200 });
    expect(splitAt(near, 0.25)).toBe(100);
  });

  it('follows the pointer, and stays on the image', () => {
    for (const view of [fitted, fitted.zoomedBy(3).movedBy(40, 10)]) {
      for (const share of [0, 0.3, 1]) {
        expect(shareAt(view, splitAt(view, share))).toBeCloseTo(share, 12);
      }
    }
    expect(shareAt(fitted, 20)).toBe(0);
    expect(shareAt(fitted, 390)).toBe(1);
  });
});
