import { describe, expect, it } from 'vitest';
import { proposeTargets } from './match-classes.ts';

const project = [
  { id: 1, name: 'Liver' },
  { id: 2, name: 'left kidney' },
  { id: 3, name: 'Tumor' },
  { id: 4, name: 'tumor' },
];
const proposed = (name: string | null): unknown => proposeTargets([{ name }], project)[0];

describe('classes of a file in a project', () => {
  it.each([
    ['the same name', 'Liver', { class: 1 }],
    ['another case', 'LIVER', { class: 1 }],
    ['marks between words', 'Left_Kidney', { class: 2 }],
    ['full-width letters', '\uff2c\uff29\uff36\uff25\uff32', { class: 1 }],
    ['one of two that are alike', 'tumor', { class: 4 }],
    ['neither of two that are alike', 'TUMOR', null],
    ['a mark behind the name', 'Liver-', { create: 'Liver-' }],
    ['a new name', 'spleen', { create: 'spleen' }],
    ['nothing known', 'Unlabeled', 'ignore'],
    ['nothing there', 'Background', 'background'],
    ['no name', null, null],
  ])('by %s', (_, name, target) => {
    expect(proposed(name)).toEqual(target);
  });

  it('are merged if two names are alike', () => {
    const targets = proposeTargets([{ name: 'Bone marrow' }, { name: 'bone-marrow' }], []);
    expect(targets).toEqual([{ create: 'Bone marrow' }, { create: 'Bone marrow' }]);
  });
});
