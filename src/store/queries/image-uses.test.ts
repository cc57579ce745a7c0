import { expect, test } from 'vitest';
import { addProject, newImage } from '../testing/fixtures.ts';
import { temporaryStore } from '../testing/temporary-store.ts';

function projectWith(groups: readonly (string | undefined)[]) {
  const store = temporaryStore();
  const { id } = addProject(store, ['a'], 'single');
  const rows = groups.map((group, at) => newImage(`${at}.png`, { group }));
  const images = store.images.add(id, rows).map((image) => image.id);
  const uses = (): string[] =>
    images.map((image) => {
      const { assigned, group } = store.images.get(image);
      return `${group ?? ''} ${assigned ?? 'auto'}`.trim();
    });
  return { store, id, images, uses };
}

test('a change to one image applies to its group, and undoing reverts all of it', () => {
  const { store, id, images, uses } = projectWith(['p', 'p', undefined, 'q']);
  const [first = 0, , third = 0] = images;
  const { undo, followed } = store.imageUses.set(id, [
    { image: first, use: 'test' },
    { image: third, use: 'learn' },
  ]);
  expect(followed).toBe(1);
  expect(uses()).toEqual(['p test', 'p test', 'learn', 'q auto']);
  const back = store.imageUses.setExactly(id, undo);
  expect(uses()).toEqual(['p auto', 'p auto', 'auto', 'q auto']);
  store.imageUses.setExactly(id, back.undo);
  expect(uses()).toEqual(['p test', 'p test', 'learn', 'q auto']);
});

test('images that join a group with a test image become test images', () => {
  const { store, id, images, uses } = projectWith(['p', undefined, undefined]);
  const [first = 0, second = 0, third = 0] = images;
  store.imageUses.set(id, [{ image: first, use: 'test' }]);
  store.imageUses.set(id, [{ image: second, use: 'learn' }]);
  const { undo, spanning } = store.imageUses.set(id, [
    { image: second, group: 'p' },
    { image: third, group: 'r' },
  ]);
  expect(spanning).toEqual(['p']);
  expect(uses()).toEqual(['p test', 'p test', 'r auto']);
  store.imageUses.setExactly(id, undo);
  expect(uses()).toEqual(['p test', 'learn', 'auto']);
});

test('an image can leave its group', () => {
  const { store, id, images, uses } = projectWith(['p', 'p']);
  store.imageUses.set(id, [{ image: images[0] ?? 0, group: null, use: 'learn' }]);
  expect(uses()).toEqual(['learn', 'p auto']);
});

test('moving one image of a patient, according to the files, moves the others too', () => {
  const patient = '52577a820415abcd';
  const { store, id, images, uses } = projectWith([patient, patient, undefined, 'p']);
  const [first = 0] = images;
  const { undo, followed } = store.imageUses.set(id, [{ image: first, group: 'trial 7' }]);
  expect(followed).toBe(1);
  expect(uses()).toEqual(['trial 7 auto', 'trial 7 auto', 'auto', 'p auto']);
  store.imageUses.setExactly(id, undo);
  expect(uses()).toEqual([`${patient} auto`, `${patient} auto`, 'auto', 'p auto']);
});

test('moving a slice moves the other slices of its file, whatever their group', () => {
  const store = temporaryStore();
  const { id } = addProject(store, ['a'], 'single');
  const sha256 = new Uint8Array(32).fill(7);
  const slices = [0, 1, 2].map((frame) => newImage(`scan.nii#${frame + 1}`, { sha256, frame }));
  const images = store.images.add(id, slices).map((image) => image.id);
  store.imageUses.set(id, [{ image: images[1] ?? 0, group: 'p' }]);
  expect(images.map((image) => store.images.get(image).group)).toEqual(['p', 'p', 'p']);
  store.imageUses.set(id, [{ image: images[2] ?? 0, group: null }]);
  expect(images.map((image) => store.images.get(image).group)).toEqual(Array(3).fill(undefined));
});

test('changes nothing if an image is missing', () => {
  const { store, id, images, uses } = projectWith([undefined]);
  const set = () =>
    store.imageUses.set(id, [
      { image: images[0] ?? 0, use: 'test' },
      { image: 99, use: 'test' },
    ]);
  expect(set).toThrow(expect.objectContaining({ code: 'not-found' }) as Error);
  expect(uses()).toEqual(['auto']);
});

test('a later import does not override the user’s choice', () => {
  const { store, id, images, uses } = projectWith([undefined]);
  const [image = 0] = images;
  store.imageUses.set(id, [{ image, use: 'learn' }]);
  store.images.assign(id, [{ id: image, isTest: true, group: undefined }]);
  expect(uses()).toEqual(['learn']);
});
