import { expect, test } from 'vitest';
import { defaultSize, openingBounds, windowState } from './window-state.ts';

const screen = { x: 0, y: 25, width: 1920, height: 1055 };
const left = { x: -1920, y: 0, width: 1920, height: 1080 };
const kept = { width: 1400, height: 900, isMaximized: false };

test.each([
  ['where it was', { x: 100, y: 60 }, [screen], true],
  ['on a second screen', { x: -1800, y: 60 }, [screen, left], true],
  ['on a second screen that has gone', { x: -1800, y: 60 }, [screen], false],
  ['with a strip too narrow to take hold of', { x: 1800, y: 60 }, [screen], false],
  ['with its upper edge above the screen', { x: 100, y: -200 }, [screen], false],
  ['with its upper edge at the very bottom', { x: 100, y: 1060 }, [screen], false],
])('handles a window that was left %s', (_name, place, screens, isKept) => {
  const expected = isKept ? { ...place, width: 1400, height: 900 } : defaultSize;
  expect(openingBounds({ ...kept, ...place }, screens)).toEqual(expected);
});

test('the first window has the default size', () => {
  expect(openingBounds(null, [screen])).toEqual(defaultSize);
});

test('a size that no window can have is rejected', () => {
  expect(windowState.safeParse({ ...kept, x: 0, y: 0, width: 3 }).success).toBe(false);
});
