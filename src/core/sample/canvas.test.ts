import { describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { Canvas } from './canvas.ts';
import { direction } from './drawing.ts';

/** Sum of the red channel of a canvas that was black. */
function ink(canvas: Canvas): number {
  return canvas.data.reduce((sum, value, index) => sum + (index % 3 === 0 ? value : 0), 0) / 255;
}

describe('Canvas', () => {
  it.each([
    [4, 2],
    [6, 0.7],
    [0.4, 0.3],
  ])('covers the area of a box of half size %d × %d', (x, y) => {
    const random = new Random(1);
    for (let round = 0; round < 20; round++) {
      const canvas = new Canvas(32);
      const centre = { x: random.uniform(12, 20), y: random.uniform(12, 20) };
      canvas.box(centre, direction(random), { x, y }, [255, 0, 0]);
      expect(ink(canvas) / (4 * x * y)).toBeGreaterThan(0.6);
      expect(ink(canvas) / (4 * x * y)).toBeLessThan(2);
    }
  });

  it('covers the area of a disc, at any position between the pixels', () => {
    for (const shift of [0, 0.25, 0.5]) {
      const canvas = new Canvas(32);
      canvas.disc({ x: 16 + shift, y: 15 }, 5, [255, 0, 0]);
      expect(ink(canvas) / (Math.PI * 25)).toBeCloseTo(1, 1);
    }
  });

  it('draws over the edge without wrapping round', () => {
    const canvas = new Canvas(16);
    canvas.disc({ x: 0, y: 8 }, 3, [255, 0, 0]);
    expect(canvas.colourAt(8 * 16)[0]).toBe(255);
    expect(canvas.colourAt(8 * 16 + 15)[0]).toBe(0);
  });

  it.each([0.4, 0.65, 1.4])('blurs a point to the deviation %d and keeps its sum', (sigma) => {
    const canvas = new Canvas(33);
    canvas.mix(16 * 33 + 16, [255, 0, 0], 1);
    canvas.blur(sigma);
    let variance = 0;
    for (let pixel = 0; pixel < 33 * 33; pixel++)
      variance += (canvas.colourAt(pixel)[0] / 255) * ((pixel % 33) - 16) ** 2;
    expect(ink(canvas)).toBeCloseTo(1, 4);
    expect(Math.sqrt(variance)).toBeCloseTo(sigma, 3);
  });

  it('adds noise of the requested deviation without bias', () => {
    const { data } = new Canvas(96, [100, 120, 140]).toRaster(new Random(2), 4);
    for (const [channel, expected] of [100, 120, 140].entries()) {
      const values = data.filter((_, index) => index % 3 === channel);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
      expect(mean).toBeCloseTo(expected, 0);
      expect(Math.sqrt(square)).toBeGreaterThan(3.6);
      expect(Math.sqrt(square)).toBeLessThan(4.6);
    }
  });

  it('clips values that are too bright or too dark', () => {
    const bright = new Canvas(2, [300, -20, 128.4]).toRaster(new Random(0), 0);
    expect([...bright.data.slice(0, 3)]).toEqual([255, 0, 128]);
  });
});
