import { keyNames } from '../../text/en/key-names.ts';

/** Part of a keyboard event that tells which keys are down. */
export interface KeyPress {
  readonly key: string;
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  getModifierState?: (modifier: 'AltGraph') => boolean;
}

const modifiers = ['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'NumLock', 'Fn'];

/**
 * Chord of a key press, such as `Mod+Shift+Z`, `[` or `ArrowUp`; null for a modifier alone or a dead key.
 * `Mod` is Cmd on a Mac and Ctrl elsewhere. Letters follow the keyboard layout, so that B is B on every Latin layout;
 * for other scripts they follow the position of the key. Signs are named without Shift and AltGr, because layouts
 * differ in which signs need them.
 */
export function chordOf(event: KeyPress, isMac: boolean): string | null {
  const name = keyOf(event);
  if (name === null) return null;
  const isSign = /^\P{L}$/u.test(name);
  const isWriting = event.getModifierState?.('AltGraph') === true;
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const other = isMac ? event.ctrlKey : event.metaKey;
  return [
    ...(mod && !isWriting ? ['Mod'] : []),
    ...(other ? [isMac ? 'Ctrl' : 'Meta'] : []),
    ...(event.altKey && !isWriting ? ['Alt'] : []),
    ...(event.shiftKey && !isSign ? ['Shift'] : []),
    name,
  ].join('+');
}

function keyOf({ key, code, altKey }: KeyPress): string | null {
  if (modifiers.includes(key) || key === 'Dead' || key === 'Process' || key === 'Unidentified')
    return null;
  if (key === ' ') return 'Space';
  if (!/^.$/u.test(key)) return key;
  const place = /^Key([A-Z])$/.exec(code)?.[1];
  // Another script, or a Mac, where Option types signs.
  const isForeign = /\p{L}/u.test(key) && !/\p{Script=Latin}/u.test(key);
  if (place !== undefined && (isForeign || (altKey && !/[a-z]/i.test(key)))) return place;
  return key.toUpperCase();
}

/** Digit of a key on layouts that need Shift for digits; null on other layouts. */
export function digitOf({ key, code, ...held }: KeyPress): string | null {
  if (/^\d$/.test(key) || held.ctrlKey || held.metaKey || held.altKey) return null;
  return /^Digit(\d)$/.exec(code)?.[1] ?? null;
}

const signs: Record<string, string> = {
  ArrowRight: '→',
  ArrowLeft: '←',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ...keyNames,
};

/** Chord as shown on this platform: `Ctrl+Z`, or `⌘ Z` on a Mac. */
export function chordName(chord: string, isMac: boolean): string {
  const names = partsOf(chord).map((part) => {
    if (isMac) return { Mod: '⌘', Shift: '⇧', Alt: '⌥', Ctrl: '⌃' }[part] ?? signs[part] ?? part;
    return part === 'Mod' ? 'Ctrl' : (signs[part] ?? part);
  });
  return names.join(isMac ? ' ' : '+');
}

/** Chord in the syntax of `aria-keyshortcuts`. */
export function chordForAria(chord: string, isMac: boolean): string {
  return partsOf(chord)
    .map((part) => {
      if (part === 'Mod') return isMac ? 'Meta' : 'Control';
      if (part === 'Ctrl') return 'Control';
      return part === '+' ? 'Plus' : part;
    })
    .join('+');
}

/** Chord as an Electron accelerator; null if a menu must not have it because it would block typing. */
export function chordForMenu(chord: string): string | null {
  const parts = partsOf(chord);
  const key = parts.at(-1) ?? '';
  const isCommand = parts.includes('Mod') || /^F\d{1,2}$/.test(key);
  // Menus support ASCII and these names; the page handles all others itself.
  const name = menuNames[key] ?? key;
  if (!isCommand || !/^(?:[\x21-\x7e]|F\d{1,2}|[A-Z][a-z]+)$/.test(name)) return null;
  const held = parts.slice(0, -1).map((part) => (part === 'Mod' ? 'CmdOrCtrl' : part));
  return [...held, name].join('+');
}

const menuNames: Record<string, string> = {
  ArrowRight: 'Right',
  ArrowLeft: 'Left',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  '+': 'Plus',
};

/** Keys of a chord; `Mod++` is Mod and the plus sign. */
function partsOf(chord: string): string[] {
  const held: string[] = [];
  let key = chord;
  for (;;) {
    const [prefix, name] = /^(Mod|Ctrl|Meta|Alt|Shift)\+(?=.)/u.exec(key) ?? [];
    if (prefix === undefined || name === undefined) return [...held, key];
    held.push(name);
    key = key.slice(prefix.length);
  }
}

/** True if a stored text is a valid chord. */
export function isChord(text: unknown): text is string {
  return (
    typeof text === 'string' &&
    text.length <= 40 &&
    /^(?:Mod\+)?(?:Ctrl\+|Meta\+)?(?:Alt\+)?(?:Shift\+)?(?:\S|[A-Z][A-Za-z]*\d{0,2})$/u.test(text)
  );
}
