import { describe, expect, test } from 'vitest';
import { countWork } from '../../../../tests/support/work-time.ts';
import { flatten } from './flatten.ts';
import { newDict, type PickleDict, type PickleTensor, type PickleValue } from '../pickle/values.ts';

const storage = { kind: 'storage', dtype: 'F32', key: '0', total: 1, first: 0, count: 1 } as const;
const tensor: PickleTensor = {
  kind: 'tensor',
  storage,
  dtype: 'F32',
  offset: 0,
  shape: [1],
  strides: [1],
};

function dict(entries: Readonly<Record<string, PickleValue>>): PickleDict {
  const made = newDict();
  for (const [key, value] of Object.entries(entries)) made.entries.set(key, value);
  return made;
}

const list = (...items: PickleValue[]): PickleValue => ({ kind: 'list', items });
const names = (root: PickleValue): string[] => [...flatten(root, 'a.pth').tensors.keys()];

describe('tensors', () => {
  // oxfmt-ignore
  const cases: [title: string, root: PickleValue, names: string[]][] = [
    ['of a state_dict', dict({ 'blocks.0.norm1.weight': tensor }), ['blocks.0.norm1.weight']],
    ['of a model in a dictionary', dict({ model: dict({ pos_embed: tensor }) }), ['model.pos_embed']],
    ['in lists', list(tensor, list(dict({ a: tensor }))), ['0', '1.0.a']],
    ['beside an optimiser', dict({ model: dict({ a: tensor }), optimizer: dict({ x: tensor }) }), ['model.a']],
    [
      'beside what Lightning and timm keep',
      dict({
        state_dict: dict({ a: tensor }),
        optimizer_states: list(dict({ b: tensor })),
        lr_schedulers: list(tensor),
        amp_scaler: dict({ c: tensor }),
        lr_scheduler_2: dict({ d: tensor }),
        mine: dict({ state: dict({ e: tensor }), param_groups: list() }),
      }),
      ['state_dict.a'],
    ],
    ['whose name only is that of an optimiser', dict({ amp: tensor, optimizer: tensor }), ['amp', 'optimizer']],
    ['called like what every object has', dict({ ['__proto__']: tensor, constructor: tensor }), ['__proto__', 'constructor']],
  ];
  test.each(cases)('%s', (_, root, expected) => {
    expect(names(root)).toEqual(expected);
  });

  test('are found in a container within itself', () => {
    const root = dict({ a: tensor });
    root.entries.set('self', list(root));
    expect(names(root)).toEqual(['a']);
  });

  test('of the same name are refused', () => {
    const root = dict({ 'a.b': tensor, a: dict({ b: tensor }) });
    expect(() => flatten(root, 'a.pth')).toThrow(/two of its tensors are called "a.b"/);
  });
});

describe('without tensors', () => {
  // oxfmt-ignore
  test.each([
    ['an optimiser alone', dict({ state: dict({ a: tensor }), param_groups: list() }), /only the state of an optimiser/],
    ['an optimiser by its key', dict({ optimizer: dict({ a: tensor }), epoch: 1 }), /only the state of an optimiser/],
    ['nothing', dict({}), /holds no named tensors/],
    ['a tensor all by itself', tensor, /holds no named tensors/],
  ] as const)('%s', (_, root, message) => {
    expect(() => flatten(root, 'a.pth')).toThrow(message);
  });
});

describe('metadata', () => {
  // oxfmt-ignore
  test('keep small numbers and strings', () => {
    const args = dict({ model: 'mae_vit_base_patch16', lr: 0.001, resume: null, long: 'x'.repeat(1_001) });
    const root = dict({ model: dict({ a: tensor }), args, epoch: 3, ok: true, optimizer: dict({ lr: 1 }) });
    expect(flatten(root, 'a.pth').metadata).toEqual({
      'args.model': 'mae_vit_base_patch16',
      'args.lr': '0.001',
      epoch: '3',
      ok: 'true',
    });
  });

  test('have a limit', () => {
    const many = dict(Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`k${i}`, i])));
    many.entries.set('a', tensor);
    expect(Object.keys(flatten(many, 'a.pth').metadata)).toHaveLength(1_000);
  });
});

describe('limits', () => {
  test('on depth', () => {
    let deep: PickleValue = tensor;
    for (let i = 0; i < 40; i++) deep = dict({ a: deep });
    expect(() => flatten(deep, 'a.pth')).toThrow(/nests more values/);
  });

  test('on values shared many times', () => {
    let doubled: PickleValue = list(1, 2);
    for (let i = 0; i < 30; i++) doubled = list(doubled, doubled);
    const worked = countWork();
    expect(() => flatten(doubled, 'a.pth')).toThrow(/nests more values/);
    expect(worked()).toBeLessThan(2_000);
  });

  test('on names', () => {
    expect(() => flatten(dict({ ['x'.repeat(2_000)]: tensor }), 'a.pth')).toThrow(/nests more/);
  });
});
