import { expect, it } from 'vitest';
import { fitted, panned, wheelFactor, type Zoom, zoomedAt } from './zoom.ts';

/** Where a point of the image, px from its middle as fitted, is on the screen. */
const onScreen = ({ scale, x, y }: Zoom, px: number, py: number): [number, number] => [
  px * scale + x,
  py * scale + y,
];

it('keeps the point under the cursor, there and back', () => {
  const point = [120, -40] as const;
  let zoom = fitted;
  for (const factor of [1.5, 2, 0.8]) {
    zoom = zoomedAt(zoom, factor, ...point);
    const [x, y] = onScreen(zoom, ...point);
    expect(x).toBeCloseTo(point[0]);
    expect(y).toBeCloseTo(point[1]);
  }
  expect(zoom.scale).toBeCloseTo(2.4);
});

it('is never smaller than it fits, nor larger than one can use', () => {
  expect(zoomedAt({ scale: 2, x: 300, y: 9 }, 0.1, 5, 5)).toEqual(fitted);
  expect(zoomedAt({ scale: 20, x: 0, y: 0 }, 10, 0, 0).scale).toBe(32);
});

it('moves what is larger than the room, and nothing else', () => {
  expect(panned({ scale: 2, x: 1, y: 1 }, 4, -5)).toEqual({ scale: 2, x: 5, y: -4 });
  expect(panned(fitted, 4, -5)).toEqual(fitted);
});

it('turns the wheel both ways alike', () => {
  expect(wheelFactor(100) * wheelFactor(-100)).toBeCloseTo(1);
  expect(wheelFactor(-100)).toBeCloseTo(1.2);
});
