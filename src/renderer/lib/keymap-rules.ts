import { isChord } from './keymap-chord.ts';
import { type KeyActionId, keyActions, type KeyPlace } from './keymap-table.ts';

/** The chords of every action. */
export type Bindings = Readonly<Record<KeyActionId, readonly string[]>>;

/** Chords that a person chose, of those actions alone whose chords are not the table's. */
export type ChosenKeys = Readonly<Partial<Record<KeyActionId, readonly string[]>>>;

/** Chords that an action can have. */
export const mostKeys = 3;

/** Places whose keys hold at the same time. */
const contexts: readonly (readonly KeyPlace[])[] = [
  ['window', 'images', 'viewer'],
  ['window', 'labels', 'viewer', 'masks'],
  ['window', 'viewer', 'result'],
];

const placeOf = new Map<KeyActionId, KeyPlace>(keyActions.map(({ id, place }) => [id, place]));

export const defaultBindings = Object.fromEntries(
  keyActions.map(({ id, keys }) => [id, keys]),
) as unknown as Bindings;

/** Why a chord cannot be given to an action: another has it, or it has a meaning that nothing else can have. */
export type Refusal = { readonly chord: string } & (
  | { readonly kind: 'taken'; readonly by: KeyActionId }
  | { readonly kind: 'reserved'; readonly why: ReservedFor }
);

export type ReservedFor = 'control' | 'move' | 'menu' | 'steps' | 'system';

/** Menu items of the system's making, and what text fields answer to. */
const ofTheMenu = /^Mod\+(?:Shift\+)?[XCVAQWRM0+\-_=]$|^(?:Alt\+|Mod\+Shift\+)I$|^F1[12]$/;

/** What a chord has a meaning for that cannot be taken from it; null where it is free. */
function reservedFor(chord: string, place: KeyPlace): ReservedFor | null {
  if (/^(?:Alt\+|Shift\+|Mod\+)*(?:Tab|Escape)$|^(?:Shift\+)?(?:Enter|Space)$/.test(chord))
    return 'control';
  if (/^(?:Shift\+)?Arrow(?:Left|Right|Up|Down)$/.test(chord)) return 'move';
  const isInGrid = place !== 'viewer' && place !== 'masks';
  if (isInGrid && /^(?:Shift\+)?(?:Page(?:Up|Down)|Home|End)$/.test(chord)) return 'move';
  if (ofTheMenu.test(chord)) return 'menu';
  if (/^Alt\+[1-8]$/.test(chord)) return 'steps';
  // Alt alone opens the menu by its letters; keys with the system's own sign are the system's.
  if (/^Meta\+|^Alt\+(?:F4|[A-Z]|Space)$|^Mod\+Alt\+Delete$/.test(chord)) return 'system';
  return null;
}

/** Another action that holds where this one does and has the chord; null where there is none. */
export function takenBy(
  bindings: Bindings,
  action: KeyActionId,
  chord: string,
): KeyActionId | null {
  const found = keyActions.find(
    ({ id }) => id !== action && hold(action, id) && bindings[id].includes(chord),
  );
  return found?.id ?? null;
}

function hold(one: KeyActionId, other: KeyActionId): boolean {
  const [first, second] = [placeOf.get(one), placeOf.get(other)];
  return contexts.some(
    (places) => first && second && places.includes(first) && places.includes(second),
  );
}

/** Why an action cannot have a chord; null where it can. Its own it may have again. */
export function refusalOf(bindings: Bindings, action: KeyActionId, chord: string): Refusal | null {
  const isOwn = defaultBindings[action].includes(chord);
  const why = isOwn ? null : reservedFor(chord, placeOf.get(action) ?? 'window');
  if (why !== null) return { chord, kind: 'reserved', why };
  const by = takenBy(bindings, action, chord);
  return by === null ? null : { chord, kind: 'taken', by };
}

/** The bindings with what a person chose. */
export function bindingsWith(chosen: ChosenKeys): Bindings {
  return { ...defaultBindings, ...chosen };
}

/**
 * Chosen keys as they were kept. What is damaged, is of an action that is gone, or would by now take another's
 * key is left out: that action then has the keys of the table.
 */
export function readChosen(kept: string | null): ChosenKeys {
  let parsed: unknown;
  try {
    parsed = JSON.parse(kept ?? '{}');
  } catch {
    return {};
  }
  if (typeof parsed !== 'object' || parsed === null) return {};
  const entries = new Map(Object.entries(parsed));
  let chosen: ChosenKeys = {};
  for (const { id } of keyActions) {
    const keys: unknown = entries.get(id);
    if (isKeys(keys)) chosen = { ...chosen, [id]: keys };
  }
  return withoutConflicts(chosen);
}

function isKeys(keys: unknown): keys is string[] {
  return Array.isArray(keys) && keys.length > 0 && keys.length <= mostKeys && keys.every(isChord);
}

function withoutConflicts(chosen: ChosenKeys): ChosenKeys {
  const bindings = bindingsWith(chosen);
  const bad = keyActions.find(
    ({ id }) => chosen[id]?.some((chord) => refusalOf(bindings, id, chord) !== null) === true,
  );
  if (bad === undefined) return chosen;
  const rest = Object.entries(chosen).filter(([id]) => id !== bad.id);
  return withoutConflicts(Object.fromEntries(rest));
}
