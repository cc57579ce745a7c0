import { expect, it } from 'vitest';
import { ImageNotes } from './image-notes.ts';

it('names the images that a note is about; if there are many, only the first ones', () => {
  const notes = new ImageNotes();
  notes.add('It lies nowhere.', 'a.png');
  notes.add('Patients are left out.');
  for (const name of ['b.png', 'b.png', 'c.png']) notes.add('It is turned.', name);
  for (const name of 'abcdefg') notes.add('It is cut.', `${name}.tif`);
  expect(notes.list()).toEqual([
    'a.png: It lies nowhere.',
    'Patients are left out.',
    'b.png and c.png: It is turned.',
    'a.tif, b.tif, c.tif and 4 more: It is cut.',
  ]);
});
