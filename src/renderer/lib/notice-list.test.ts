import { describe, expect, it } from 'vitest';
import { afterLeaving, type Notice, displayTime, withNotice } from './notice-list.ts';

const action = { label: 'Undo', run: () => undefined };

function notice(change: Partial<Notice> = {}): Notice {
  return {
    id: 1,
    kind: 'attention',
    message: 'There is such a class already.',
    details: undefined,
    action: undefined,
    isLasting: false,
    since: 0,
    ...change,
  };
}

describe('notices', () => {
  it.each<[string, Partial<Notice>, number | null]>([
    ['a loss', { kind: 'loss' }, null],
    ['a warning about work that ended', { isLasting: true }, null],
    ['a success', { kind: 'done' }, 6000],
    ['a success that can be undone', { kind: 'done', action }, 20_000],
    ['a short warning', {}, 5000 + 6 * 400],
    ['a long warning', { message: 'word '.repeat(50).trim() }, 25_000],
    ['a short warning with a choice', { action }, 20_000],
  ])('%s has its time', (_, change, expected) => {
    expect(displayTime(notice(change))).toBe(expected);
  });

  it('say the same thing once, the last time at the end', () => {
    const others = [notice({ id: 2, message: 'Another.' }), notice({ id: 3, kind: 'loss' })];
    const list = [notice(), ...others];
    expect(withNotice(list, notice({ id: 4 })).map(({ id }) => id)).toEqual([2, 3, 4]);
    expect(withNotice(list, notice({ id: 4, details: 'x' }))).toHaveLength(4);
  });

  it('keep only the latest one of kind `done` over an image', () => {
    const list = [
      notice({ id: 1, kind: 'done', message: 'Went back.', action }),
      notice({ id: 2 }),
    ];
    const last = notice({ id: 3, kind: 'done', message: 'It is done.' });
    expect(withNotice(list, last, true).map(({ id }) => id)).toEqual([2, 3]);
    expect(withNotice(list, last)).toHaveLength(3);
    expect(withNotice(list, notice({ id: 3, message: 'Look.' }), true)).toHaveLength(3);
  });

  it('are warnings about a place no longer once it is left', () => {
    const list = [
      notice({ id: 1 }),
      notice({ id: 2, since: 9000 }),
      notice({ id: 3, isLasting: true }),
      notice({ id: 4, action }),
      notice({ id: 5, kind: 'done' }),
      notice({ id: 6, kind: 'loss' }),
    ];
    expect(afterLeaving(list, 10_000).map(({ id }) => id)).toEqual([2, 3, 4, 5, 6]);
  });
});
