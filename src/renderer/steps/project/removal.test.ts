import { expect, it } from 'vitest';
import { removalMessage } from './removal.ts';

it('says how many masks or labels go, and that a run at work keeps its classes', () => {
  const said = (masks: number, hasMasks = true, hasRun = false): string =>
    removalMessage({ labelled: 4, masks }, hasMasks, hasRun);
  expect(said(3)).toMatch(/^3 masks show it: its regions become background there/);
  expect(said(1)).toMatch(/^1 mask shows it/);
  expect(said(0)).toMatch(/^No mask shows it but perhaps predicted ones/);
  expect(said(0, false)).toMatch(/^4 images lose their label/);
  const keeps = 'The run at work, or waiting, keeps the classes that it began with.';
  expect(said(3, true, true)).toContain(keeps);
  expect(said(3)).not.toContain(keeps);
});
