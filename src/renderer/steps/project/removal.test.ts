import { expect, it } from 'vitest';
import { removalMessage } from './removal.ts';

it('says how many masks or labels are lost, and that an active run keeps its classes', () => {
  const message = (masks: number, hasMasks = true, hasRun = false): string =>
    removalMessage({ labelled: 4, masks }, hasMasks, hasRun);
  expect(message(3)).toMatch(/^3 masks contain it: its regions become background there/);
  expect(message(1)).toMatch(/^1 mask contains it/);
  expect(message(0)).toMatch(/^No mask contains it, except perhaps predicted masks/);
  expect(message(0, false)).toMatch(/^4 images lose their label/);
  const keeps = 'A running or waiting run keeps the classes that it started with.';
  expect(message(3, true, true)).toContain(keeps);
  expect(message(3)).not.toContain(keeps);
});
