import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Stage } from '../../stage.ts';
import type { Tool, ToolEvent } from '../../tools/tool.ts';
import { ToolInput } from '../../tools/tool-input.ts';
import type { Board, OpenShape } from './board.ts';
import { PolygonTool } from './polygon.ts';

// The keymap module needs `window`.
vi.mock('../../../lib/keys/keys.ts', () => ({ hasMod: () => false }));

const element = Object.assign(new EventTarget(), { style: {} });
const stage = {
  element,
  view: { toScreen: (at: unknown) => at, toImage: (at: unknown) => at },
  invalidate: () => undefined,
} as unknown as Stage;

let painted: unknown[] = [];
let open: OpenShape = { corners: 0, isErasing: false };
let tool: Tool;
const board = {
  outline: (shape: OpenShape) => {
    open = shape;
  },
  polygon: (corners: unknown[], isErasing: boolean) => {
    painted.push({ corners: corners.length, isErasing });
  },
} as unknown as Board;

beforeEach(() => {
  painted = [];
  tool = new PolygonTool(board);
});

/** Clicks corners; a `way` of several points is drawn freehand. */
function click(...ways: [x: number, y: number][][]): void {
  const eventAt = (x: number, y: number, alt = false): ToolEvent => {
    const image = { x, y };
    return { image, stage, alt, isEraser: false, points: [{ image }] } as unknown as ToolEvent;
  };
  for (const [first, ...rest] of ways) {
    if (first === undefined) continue;
    const [x, y] = rest.at(-1) ?? first;
    tool.down?.(eventAt(...first));
    for (const at of rest) tool.move?.(eventAt(...at));
    tool.up?.(eventAt(x, y));
  }
}

const triangle: [number, number][][] = [[[10, 10]], [[90, 10]], [[50, 80]]];
const lasso: [number, number][][] = [
  [
    [10, 10],
    [90, 10],
    [90, 90],
    [10, 90],
  ],
];

describe('an open polygon', () => {
  it.each([
    ['of three corners', triangle, 3],
    ['drawn freehand', lasso, 4],
  ])('%s is painted once when work is handed on', (_, ways, corners) => {
    click(...ways);
    expect(open.corners).toBe(corners);
    tool.settle?.(stage);
    tool.settle?.(stage);
    tool.leave?.(stage);
    expect(painted).toEqual([{ corners, isErasing: false }]);
    expect(open.corners).toBe(0);
  });

  it('of two corners is dropped', () => {
    click([[10, 10]], [[90, 10]]);
    tool.settle?.(stage);
    expect([painted, open.corners]).toEqual([[], 0]);
  });

  it('undoes one press at a time, clicked or dragged', () => {
    click([[10, 10]], [[90, 10]], [[90, 10]]);
    click([
      [50, 80],
      [40, 80],
      [30, 80],
    ]);
    const counts = [open.corners];
    while (tool.stepBack?.(stage) === true) counts.push(open.corners);
    expect(counts).toEqual([5, 2, 1, 0]);
  });
});

describe('input of a stage', () => {
  const calls: string[] = [];
  const named = (id: string): Tool => ({
    id,
    enter: () => calls.push(`${id} enters`),
    leave: () => calls.push(`${id} leaves`),
    settle: () => calls.push(`${id} settles`),
  });
  const [inHand, other, pan] = [named('polygon'), named('brush'), named('pan')];
  let input: ToolInput;
  beforeEach(() => {
    calls.length = 0;
    vi.stubGlobal('window', new EventTarget());
    const choice = { current: () => inHand, pan, secondary: pan, onwheel: () => undefined };
    input = new ToolInput(stage, choice);
  });

  it.each<[string, () => void, string[]]>([
    [
      'work is saved',
      () => {
        input.settle();
      },
      ['polygon settles'],
    ],
    [
      'another image comes, before it does',
      () => {
        input.renew(() => calls.push('shown'));
      },
      ['polygon settles', 'shown', 'polygon leaves', 'polygon enters'],
    ],
    [
      'another tool is taken',
      () => {
        input.change(inHand, other);
      },
      ['polygon settles', 'polygon leaves', 'brush enters'],
    ],
    [
      'the viewer is left',
      () => {
        input.dispose();
      },
      ['polygon settles', 'polygon leaves'],
    ],
    [
      'the window closes',
      () => window.dispatchEvent(new Event('beforeunload')),
      ['polygon settles'],
    ],
    ['another window comes to the front', () => window.dispatchEvent(new Event('blur')), []],
  ])('has the tool settle where %s', (_, act, expected) => {
    act();
    expect(calls).toEqual(expected);
  });
});
