import { describe, expect, it } from 'vitest';
import {
  chordForAria,
  chordForMenu,
  chordName,
  chordOf,
  digitOf,
  isChord,
  type KeyPress,
} from './keymap-chord.ts';
import {
  bindingsWith,
  defaultBindings,
  mostKeys,
  readChosen,
  refusalOf,
  takenBy,
} from './keymap-rules.ts';
import { isKeyOf, keyActions } from './keymap-table.ts';

function press(key: string, code = '', held: Partial<KeyPress> = {}): KeyPress {
  const none = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
  return { key, code, ...none, ...held };
}

describe('a chord', () => {
  it.each([
    ['a letter, with Caps Lock on', press('B', 'KeyB'), 'B'],
    ['a letter by the keyboard layout', press('z', 'KeyY'), 'Z'],
    ['a letter of another script by its position', press('и', 'KeyB'), 'B'],
    ['but not one of this script', press('é', 'KeyW'), 'É'],
    ['Ctrl and Shift', press('Z', 'KeyZ', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+Z'],
    ['a sign without the Shift that it takes', press('?', 'Slash', { shiftKey: true }), '?'],
    ['a bracket on another keyboard', press('[', 'Digit8', altGr()), '['],
    ['an arrow', press('ArrowRight', 'ArrowRight', { ctrlKey: true }), 'Mod+ArrowRight'],
    ['the space bar', press(' ', 'Space'), 'Space'],
    ['a modifier alone', press('Control', 'ControlLeft', { ctrlKey: true }), null],
    ['an accent that waits for its letter', press('Dead', 'BracketLeft'), null],
  ])('%s', (_, event, chord) => {
    expect(chordOf(event, false)).toBe(chord);
  });

  it('has Cmd for Ctrl on a Mac', () => {
    expect(chordOf(press('z', 'KeyZ', { metaKey: true }), true)).toBe('Mod+Z');
    expect(chordOf(press('z', 'KeyZ', { ctrlKey: true }), true)).toBe('Ctrl+Z');
    expect(chordOf(press('Ω', 'KeyZ', { altKey: true }), true)).toBe('Alt+Z');
  });

  it('may be a digit that takes Shift', () => {
    expect(digitOf(press('&', 'Digit1'))).toBe('1');
    expect(digitOf(press('1', 'Digit1'))).toBeNull();
    expect(digitOf(press('&', 'Digit1', { ctrlKey: true }))).toBeNull();
  });

  it('is named as keyboard, screen reader and menu name it', () => {
    expect(chordName('Mod+Shift+Z', false)).toBe('Ctrl+Shift+Z');
    expect(chordName('Mod+ArrowRight', true)).toBe('⌘ →');
    expect(chordName('+', false)).toBe('+');
    expect(chordForAria('Mod++', false)).toBe('Control+Plus');
    expect(chordForMenu('Mod+Shift+Z')).toBe('CmdOrCtrl+Shift+Z');
    expect(chordForMenu('Mod++')).toBe('CmdOrCtrl+Plus');
    // As a menu accelerator it would block typing.
    expect(chordForMenu('B')).toBeNull();
    expect(chordForMenu('Mod+É')).toBeNull();
  });

  function altGr(): Partial<KeyPress> {
    return { ctrlKey: true, altKey: true, getModifierState: () => true };
  }
});

describe('the table', () => {
  it('gives no key twice where it holds, and only chords', () => {
    for (const { id, keys } of keyActions) {
      expect(keys.length).toBeLessThanOrEqual(mostKeys);
      for (const chord of keys) {
        expect([id, chord, isChord(chord)]).toEqual([id, chord, true]);
        expect([id, chord, takenBy(defaultBindings, id, chord)]).toEqual([id, chord, null]);
      }
    }
  });
});

describe('a key that is given', () => {
  it('is refused where another action has it in the same place', () => {
    expect(refusalOf(defaultBindings, 'brush', 'E')).toMatchObject({ kind: 'taken', by: 'eraser' });
    expect(refusalOf(defaultBindings, 'brush', 'F')).toMatchObject({
      kind: 'taken',
      by: 'next-image',
    });
    expect(refusalOf(defaultBindings, 'measure', '1')).toMatchObject({
      kind: 'taken',
      by: 'class-1',
    });
  });

  it('is free where the other action holds elsewhere', () => {
    expect(refusalOf(defaultBindings, 'remove-images', 'E')).toBeNull();
    expect(refusalOf(defaultBindings, 'brush', 'X')).toBeNull();
  });

  it('is free once the other action has another', () => {
    const bindings = bindingsWith({ eraser: ['X'] });
    expect(refusalOf(bindings, 'brush', 'E')).toBeNull();
    expect(refusalOf(bindings, 'eraser', 'E')).toBeNull();
    expect(refusalOf(bindings, 'polygon', 'X')).toMatchObject({ kind: 'taken', by: 'eraser' });
  });

  it.each([
    ['Enter', 'control'],
    ['Escape', 'control'],
    ['Tab', 'control'],
    ['Space', 'control'],
    ['ArrowLeft', 'move'],
    ['Mod+C', 'menu'],
    ['Mod+Q', 'menu'],
    ['Mod+0', 'menu'],
    ['Alt+3', 'steps'],
    ['Alt+F4', 'system'],
    ['Meta+L', 'system'],
  ] as const)('is refused where %s has a fixed meaning', (chord, why) => {
    expect(refusalOf(defaultBindings, 'brush', chord)).toEqual({ chord, kind: 'reserved', why });
  });

  it('may be its own again, reserved elsewhere or not', () => {
    expect(refusalOf(bindingsWith({ 'zoom-fit': ['X'] }), 'zoom-fit', 'Home')).toBeNull();
    expect(refusalOf(defaultBindings, 'class-by-name', 'Home')).toMatchObject({ why: 'move' });
  });
});

describe('keys as they were kept', () => {
  it('are read', () => {
    expect(readChosen('{"brush":["X","Mod+B"]}')).toEqual({ brush: ['X', 'Mod+B'] });
    expect(readChosen(null)).toEqual({});
  });

  it.each([
    ['no JSON', '{'],
    ['no object', '[1]'],
    ['null', 'null'],
    ['an action that is gone', '{"lasso":["X"]}'],
    ['no keys', '{"brush":[]}'],
    ['too many', '{"brush":["X","Y","Q","J"]}'],
    ['no chord', '{"brush":["two words"]}'],
    ['a number', '{"brush":[1]}'],
    ['a reserved key', '{"brush":["Enter"]}'],
    ['the key of another', '{"brush":["E"]}'],
  ])('are left out where damaged: %s', (_, kept) => {
    expect(readChosen(kept)).toEqual({});
  });

  it('may change places', () => {
    const swapped = { brush: ['E'], eraser: ['B'] };
    expect(readChosen(JSON.stringify(swapped))).toEqual(swapped);
  });
});

it('lists the keys that do something in a project', () => {
  const listed = (task: Parameters<typeof isKeyOf>[0]): string[] =>
    keyActions.filter((action) => isKeyOf(task, action)).map(({ id }) => id);
  expect(listed(null)).toHaveLength(keyActions.length);
  const ofRegions = listed('segmentation');
  expect(ofRegions).toEqual(expect.arrayContaining(['class-1', 'accept', 'brush', 'see-copy']));
  expect(ofRegions).not.toContain('none-of-them');
  const ofImages = listed('single');
  expect(ofImages).toEqual(expect.arrayContaining(['class-1', 'none-of-them']));
  expect(ofImages).not.toContain('brush');
});
