import { isChord } from './keymap-chord.ts';
import { type KeyActionId, keyActions, type KeyPlace } from './keymap-table.ts';

/** Chords by action. */
export type Bindings = Readonly<Record<KeyActionId, readonly string[]>>;

/** Chords that the user chose, for actions that differ from the defaults. */
export type ChosenKeys = Readonly<Partial<Record<KeyActionId, readonly string[]>>>;

/** Largest number of chords per action. */
export const mostKeys = 3;

/** Sets of places whose keys are active at the same time. */
const contexts: readonly (readonly KeyPlace[])[] = [
  ['window', 'images', 'viewer'],
  ['window', 'labels', 'viewer', 'masks'],
  ['window', 'viewer', 'result'],
];

const placeOf = new Map<KeyActionId, KeyPlace>(keyActions.map(({ id, place }) => [id, place]));

export const defaultBindings = Object.fromEntries(
  keyActions.map(({ id, keys }) => [id, keys]),
) as unknown as Bindings;

/** Reason why an action cannot have a chord: another action has it, or it is reserved. */
export type Refusal = { readonly chord: string } & (
  | { readonly kind: 'taken'; readonly by: KeyActionId }
  | { readonly kind: 'reserved'; readonly why: ReservedFor }
);

export type ReservedFor = 'control' | 'move' | 'menu' | 'steps' | 'system';

/** Chords of standard menu items and of text fields. */
const ofTheMenu = /^Mod\+(?:Shift\+)?[XCVAQWRM0+\-_=]$|^(?:Alt\+|Mod\+Shift\+)I$|^F1[12]$/;

/** Reserved meaning of a chord; null if it is free. */
function reservedFor(chord: string, place: KeyPlace): ReservedFor | null {
  if (/^(?:Alt\+|Shift\+|Mod\+)*(?:Tab|Escape)$|^(?:Shift\+)?(?:Enter|Space)$/.test(chord))
    return 'control';
  if (/^(?:Shift\+)?Arrow(?:Left|Right|Up|Down)$/.test(chord)) return 'move';
  const isInGrid = place !== 'viewer' && place !== 'masks';
  if (isInGrid && /^(?:Shift\+)?(?:Page(?:Up|Down)|Home|End)$/.test(chord)) return 'move';
  if (ofTheMenu.test(chord)) return 'menu';
  if (/^Alt\+[1-8]$/.test(chord)) return 'steps';
  // Alt and a letter opens menus; chords with the Windows or Super key belong to the system.
  if (/^Meta\+|^Alt\+(?:F4|[A-Z]|Space)$|^Mod\+Alt\+Delete$/.test(chord)) return 'system';
  return null;
}

/** Another action with the chord that is active in the same place; null if there is none. */
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

/** Reason why an action cannot have a chord; null if it can. Its own default chords are always allowed. */
export function refusalOf(bindings: Bindings, action: KeyActionId, chord: string): Refusal | null {
  const isOwn = defaultBindings[action].includes(chord);
  const why = isOwn ? null : reservedFor(chord, placeOf.get(action) ?? 'window');
  if (why !== null) return { chord, kind: 'reserved', why };
  const by = takenBy(bindings, action, chord);
  return by === null ? null : { chord, kind: 'taken', by };
}

/** Default bindings with the user's choices applied. */
export function bindingsWith(chosen: ChosenKeys): Bindings {
  return { ...defaultBindings, ...chosen };
}

/**
 * Parses stored keys. Entries that are damaged, belong to a removed action or conflict with another action's key are
 * left out; their actions get the default keys.
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
