import { describe, expect, it } from 'vitest';
import { focusAfter, gridShape, scrollToShow, tilePosition, tilesInSight } from './grid-window.ts';

const shape = gridShape({ count: 50_000, width: 1000, side: 120, gap: 8, caption: 24 });

describe('the shape of a grid', () => {
  it('fills the width with as many tiles as fit', () => {
    expect(shape.columns).toBe(7);
    expect(shape.columns * shape.columnPitch - 8).toBeLessThanOrEqual(1000);
    expect(shape.side).toBeGreaterThanOrEqual(120);
    expect(shape.rows).toBe(Math.ceil(50_000 / 7));
  });

  it.each([0, 1, 50])('keeps one column however narrow it is (%d px)', (width) => {
    expect(gridShape({ count: 3, width, side: 120, gap: 8, caption: 0 }).columns).toBe(1);
  });

  it('is of no height when empty', () => {
    expect(gridShape({ count: 0, width: 500, side: 100, gap: 8, caption: 0 }).height).toBe(0);
  });
});

describe('the visible tiles', () => {
  it('is every tile once, however it is scrolled', () => {
    for (let top = 0; top < shape.height; top += 997_331) {
      const { from, to } = tilesInSight(shape, top, 700, 0);
      expect(tilePosition(shape, from).top).toBeLessThanOrEqual(top);
      expect(tilePosition(shape, from).top + shape.rowPitch).toBeGreaterThan(top);
      if (to < shape.count)
        expect(tilePosition(shape, to).top).toBeGreaterThanOrEqual(
          Math.min(top + 700, shape.height),
        );
    }
  });

  it('draws few tiles of many', () => {
    const { from, to } = tilesInSight(shape, 300_000, 800, 3);
    expect(to - from).toBeLessThan(100);
  });

  it('stays within the images past both ends', () => {
    expect(tilesInSight(shape, -500, 700, 2).from).toBe(0);
    const end = tilesInSight(shape, shape.height + 5000, 700, 2);
    expect(end.to).toBe(50_000);
    expect(end.from).toBeLessThanOrEqual(end.to);
  });

  it('scrolls only as far as needed', () => {
    expect(scrollToShow(shape, 0, 500, 700)).toBe(0);
    const far = scrollToShow(shape, 7000, 0, 700);
    expect(far).toBe(tilePosition(shape, 7000).top + shape.rowPitch + 8 - 700);
    expect(scrollToShow(shape, 7000, far, 700)).toBe(far);
  });
});

describe('keys', () => {
  // Rows of four: 0–3, 4–7, 8–9.
  const small = gridShape({ count: 10, width: 430, side: 100, gap: 10, caption: 0 });

  it.each([
    ['ArrowLeft', 0, 0],
    ['ArrowRight', 9, 9],
    ['ArrowRight', 3, 4],
    ['ArrowUp', 2, 2],
    ['ArrowUp', 6, 2],
    ['ArrowDown', 1, 5],
    ['ArrowDown', 7, 9],
    ['ArrowDown', 8, 8],
    ['Home', 7, 0],
    ['End', 1, 9],
    ['PageDown', 0, 8],
    ['PageDown', 3, 9],
    ['PageUp', 9, 1],
    ['PageUp', 6, 2],
  ])('%s from %d goes to %d', (key, from, to) => {
    expect(focusAfter(key, from, small, 220)).toBe(to);
  });

  it('leaves other keys alone', () => {
    expect(focusAfter('a', 0, small, 220)).toBeNull();
    expect(
      focusAfter('End', 0, gridShape({ ...small, count: 0, width: 430, gap: 10, caption: 0 }), 220),
    ).toBeNull();
  });
});
