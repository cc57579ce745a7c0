import { describe, expect, it } from 'vitest';
import { colourOf, colourText, parseLabelList, writeLabelList } from './label-list.ts';

describe('lists of classes', () => {
  it('are read as they were written', () => {
    const labels = [
      { name: 'background', colour: [0, 0, 0] },
      { name: 'Größe: 3', colour: [128, 64, 255] },
    ] as const;
    const read = parseLabelList(writeLabelList(labels), 'labelmap.txt');
    expect(read).toEqual(labels.map((label, value) => ({ ...label, value })));
  });

  it('are read whatever their classes are called', () => {
    const names = ['background', '#1', 'class road', 'label color', '"quoted"', '__ignore__', 'x'];
    const labels = names.map((name, value) => ({ name, value, colour: [value, 9, 9] as const }));
    expect(parseLabelList(writeLabelList(labels), 'labelmap.txt')).toEqual(labels);
  });

  it('have a header only in the first line', () => {
    const labels = parseLabelList('background\nclass road\nname river\ncar', 'classes.txt');
    expect(labels.map(({ name }) => name)).toEqual([
      'background',
      'class road',
      'name river',
      'car',
    ]);
  });

  it.each([
    ['CVAT', '# label:color_rgb:parts:actions\nbackground:0,0,0::\ncar:61,61,245::hand', [0, 1]],
    ['names from the background on', 'background\ncar', [0, 1]],
    ['names alone', 'road\ncar', [1, 2]],
    ['labelme', '__ignore__\n_background_\ncar', [0, 1]],
    ['numbers', '\ufeff0 background\r\n7: car\r\n', [0, 7]],
    ['numbers and colours', '0 road #E2A929\n3 car #8429F6', [0, 3]],
    ['colours first', '64 128 64\tAnimal\n192 0 128 car', [0, 1]],
    ['a table', 'name,r,g,b\nroad,1,2,3\ncar,4,5,6', [0, 1]],
  ])('are read from %s', (_, text, values) => {
    const labels = parseLabelList(text, 'classes.txt');
    expect(labels.map(({ value }) => value)).toEqual(values);
    expect(labels.at(-1)?.name).toBe('car');
  });

  it.each([
    ['a name', 'car\ncar'],
    ['a colour', 'a:1,2,3::\nb:1,2,3::'],
    ['a number', '1 a\n1 b'],
  ])('are refused with %s twice', (_, text) => {
    expect(() => parseLabelList(text, '/data/classes.txt')).toThrow(/\/data\/classes.txt .* twice/);
  });

  it('are refused with impossible colours', () => {
    expect(() => parseLabelList('car:1,2,300::', 'a.txt')).toThrow(/line 1/);
  });

  it('state colours in both notations', () => {
    expect(colourText(colourOf('#0fa0ff'))).toBe('#0fa0ff');
  });
});
