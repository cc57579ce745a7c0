import { expect, it } from 'vitest';
import { labelFormat, type LabelFormat } from '../../../../contract/label-export.ts';
import { formatCards, defaultFormat } from './format-choices.ts';

function choices(fitting: readonly LabelFormat[]): Parameters<typeof defaultFormat>[0] {
  const formats = labelFormat.options.map((format) => ({
    format,
    fits: fitting.includes(format) ? ('all' as const) : ('none' as const),
    reason: null,
  }));
  return { formats, masks: 1, done: 0, labelled: 0 };
}

it.each([
  [['png', 'coco', 'dicom-seg'], 'dicom-seg'],
  [['png', 'coco', 'nifti'], 'nifti'],
  [['png', 'coco', 'geotiff', 'csv'], 'geotiff'],
  [['png', 'coco', 'csv'], 'png'],
  [['csv'], 'csv'],
  [[], 'png'],
] as const)('of %j, proposes %s, which keeps most metadata', (fitting, expected) => {
  expect(defaultFormat(choices(fitting))).toBe(expected);
});

it('every format has a card that says whether it fits', () => {
  const cards = formatCards(choices(['png']).formats);
  expect(cards.map(({ value }) => value)).toEqual(labelFormat.options);
  expect(cards[0]?.why).toContain('Fits these images.');
  expect(cards[1]?.why).toContain('Does not fit');
});
