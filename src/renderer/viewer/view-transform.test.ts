import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ViewTransform, wheelFactor } from './view-transform.ts';

const room = { width: 1000, height: 700 };
const image = { width: 4000, height: 1400 };

describe('ViewTransform', () => {
  it('fits the whole image into the middle', () => {
    const view = ViewTransform.fitted(image, room);
    expect(view.scale).toBe(0.25);
    expect(view.toScreen({ x: 0, y: 0 })).toEqual({ x: 0, y: 175 });
    expect(view.toScreen({ x: 4000, y: 1400 })).toEqual({ x: 1000, y: 525 });
    expect(view.isFitted).toBe(true);
  });

  it('fits tall pixels by their physical size', () => {
    const view = ViewTransform.fitted({ width: 100, height: 50 }, room, 4);
    expect(view.scaleY).toBe(4 * view.scale);
    expect(view.rectangleToScreen({ x: 0, y: 0, width: 100, height: 50 })).toEqual({
      x: 325,
      y: 0,
      width: 350,
      height: 700,
    });
  });

  it('keeps the point under the cursor, and converts back and forth without change', () => {
    const somewhere = fc.record({
      x: fc.double({ min: 0, max: 1000, noNaN: true }),
      y: fc.double({ min: 175, max: 525, noNaN: true }),
    });
    const factor = fc.double({ min: 1, max: 40, noNaN: true });
    fc.assert(
      fc.property(
        somewhere,
        factor,
        fc.double({ min: 0.5, max: 3, noNaN: true }),
        (at, by, aspect) => {
          const fitted = ViewTransform.fitted(image, room, aspect);
          const point = fitted.toImage(at);
          const isInside = point.y >= 0 && point.y <= image.height && point.x >= 0;
          fc.pre(isInside && point.x <= image.width);
          const zoomed = fitted.zoomedBy(by, at);
          expect(zoomed.toScreen(point).x).toBeCloseTo(at.x, 5);
          expect(zoomed.toScreen(point).y).toBeCloseTo(at.y, 5);
          const back = zoomed.toImage(zoomed.toScreen(point));
          expect(back.x).toBeCloseTo(point.x, 6);
        },
      ),
    );
  });

  it('keeps the middle of the stage on the image, and its scale within limits', () => {
    const view = ViewTransform.fitted(image, room);
    const away = view.zoomedTo(1).movedBy(1e6, -1e6);
    expect(away.toImage({ x: 500, y: 350 })).toEqual({ x: 0, y: 1400 });
    expect(view.zoomedBy(1e9).scale).toBe(64);
    expect(view.zoomedBy(1e-9).scale).toBe(0.125);
  });

  it('fits again in another room, or keeps its middle', () => {
    const other = { width: 500, height: 900 };
    const view = ViewTransform.fitted(image, room);
    expect(view.inRoom(other).scale).toBe(0.125);
    const near = view.zoomedTo(2, { x: 300, y: 300 });
    const middle = near.toImage({ x: 500, y: 350 });
    expect(near.inRoom(other).toImage({ x: 250, y: 450 })).toEqual(middle);
    expect(near.inRoom(other).scale).toBe(2);
  });

  it('stays over the next slice, and fits an image of another size', () => {
    const near = ViewTransform.fitted(image, room).zoomedTo(3);
    expect(near.ofImage({ ...image })).toBe(near);
    expect(near.ofImage({ width: 10, height: 10 }).scale).toBe(16);
  });
});

it('turns the wheel both ways alike', () => {
  expect(wheelFactor(100) * wheelFactor(-100)).toBeCloseTo(1);
  expect(wheelFactor(-100)).toBeCloseTo(1.2);
});
