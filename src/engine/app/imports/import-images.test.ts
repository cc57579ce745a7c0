import { expect, it } from 'vitest';
import { labelByFolder } from './import-images.ts';

it.each([
  ['cat/1.png', ['cat'], false],
  ['1.png', [], false],
  ['train/cat/1.png', ['cat'], false],
  ['test/cat/1.png', ['cat'], true],
  ['Testing/cat/1.png', ['cat'], true],
  ['val/cat/deeper/1.png', ['cat'], false],
  ['test/1.png', [], true],
  ['cat/test/1.png', ['cat'], false],
  ['images/test/1.png', ['images'], true],
])('%s: finds classes %j, held out %s', (name, labels, isTest) => {
  const image = labelByFolder({ path: `/images/${name}`, name });
  expect(image).toMatchObject({ labels, isTest, isLabelled: labels.length > 0 });
});
