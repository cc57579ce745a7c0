import { expect, it } from 'vitest';
import { doneOutcome, type DoneSituation } from './done-choice.ts';

const shown = { isShown: true, opacity: 0.25, hasOutline: true };
const hidden = { ...shown, isShown: false };
const faint = { ...shown, opacity: 0, hasOutline: false };
const student = { layer: 'student', pixels: 100, choice: shown } as const;
const none: DoneSituation = {
  marked: 0,
  isDone: false,
  suggestion: null,
  hasStrokes: false,
  predictions: [],
};

it.each<[string, Partial<DoneSituation>, unknown]>([
  ['nothing at all', {}, { kind: 'background', hidden: null, hasStrokes: false }],
  [
    'an empty mask under a prediction',
    { predictions: [student] },
    { kind: 'prediction', layer: 'student' },
  ],
  [
    'the topmost of several predictions in sight',
    {
      predictions: [
        { ...student, choice: hidden },
        { ...student, layer: 'teacher' },
      ],
    },
    { kind: 'prediction', layer: 'teacher' },
  ],
  [
    'a prediction whose layer is hidden',
    { predictions: [{ ...student, choice: hidden }] },
    { kind: 'background', hidden: 'student', hasStrokes: false },
  ],
  [
    'a prediction that cannot be seen at 0 %',
    { predictions: [{ ...student, choice: faint }] },
    { kind: 'background', hidden: 'student', hasStrokes: false },
  ],
  [
    'a prediction of which only outlines are seen',
    { predictions: [{ ...student, choice: { ...faint, hasOutline: true } }] },
    { kind: 'prediction', layer: 'student' },
  ],
  [
    'a prediction of nothing',
    { predictions: [{ ...student, pixels: 0 }] },
    { kind: 'background', hidden: null, hasStrokes: false },
  ],
  [
    'a mask of the person',
    { marked: 90, predictions: [student] },
    { kind: 'mask', omitted: null, hasStrokes: false },
  ],
  [
    'a dab beside a prediction that marks far more',
    { marked: 4, predictions: [student] },
    { kind: 'mask', omitted: 'student', hasStrokes: false },
  ],
  ['a suggestion over a mask', { marked: 90, suggestion: shown }, { kind: 'suggestion' }],
  [
    'a suggestion that is hidden',
    { marked: 90, suggestion: hidden },
    { kind: 'mask', omitted: null, hasStrokes: false },
  ],
  [
    'a mask that is done, under a prediction',
    { isDone: true, predictions: [student] },
    { kind: 'mask', omitted: null, hasStrokes: false },
  ],
  [
    'strokes of one class and nothing else',
    { hasStrokes: true },
    { kind: 'background', hidden: null, hasStrokes: true },
  ],
  [
    'a mask beside strokes from which nothing is proposed',
    { marked: 90, hasStrokes: true },
    { kind: 'mask', omitted: null, hasStrokes: true },
  ],
  [
    'a suggestion that is hidden, and nothing else',
    { suggestion: hidden, hasStrokes: true },
    { kind: 'background', hidden: 'suggestion', hasStrokes: false },
  ],
])('%s', (_, situation, expected) => {
  expect(doneOutcome({ ...none, ...situation })).toEqual(expected);
});
