import type { ProjectTask } from '../../../contract/app.ts';

/**
 * Table of the window's configurable keys: action, place and default keys. Their labels are in `text/en/keys.ts`.
 */

/** Part of the window where a key is active. */
export type KeyPlace = 'window' | 'images' | 'labels' | 'viewer' | 'masks' | 'result';

/** Places in the order of the list of keys. */
export const keyPlaces = ['window', 'images', 'labels', 'viewer', 'masks', 'result'] as const;

export interface KeyAction {
  readonly id: string;
  readonly place: KeyPlace;
  /** Default chords in the form of `chordOf`; buttons show the first one. */
  readonly keys: readonly string[];
}

const numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9] as const;

export const keyActions = [
  { id: 'search', place: 'window', keys: ['Mod+K'] },
  { id: 'shortcuts', place: 'window', keys: ['?', 'Mod+/'] },
  { id: 'undo', place: 'window', keys: ['Mod+Z'] },
  { id: 'redo', place: 'window', keys: ['Mod+Shift+Z', 'Mod+Y'] },
  { id: 'next-image', place: 'window', keys: ['F', 'Mod+ArrowRight'] },
  { id: 'previous-image', place: 'window', keys: ['D', 'Mod+ArrowLeft'] },
  { id: 'new-project', place: 'window', keys: ['Mod+N'] },
  { id: 'open-projects', place: 'window', keys: ['Mod+O'] },
  { id: 'import', place: 'window', keys: ['Mod+I'] },

  { id: 'remove-images', place: 'images', keys: ['Delete'] },
  { id: 'use-test', place: 'images', keys: ['T'] },
  { id: 'use-learn', place: 'images', keys: ['Y'] },
  { id: 'use-auto', place: 'images', keys: ['U'] },
  { id: 'set-group', place: 'images', keys: ['G'] },

  ...numbers.map((number) => ({
    id: `class-${number}` as const,
    place: 'labels' as const,
    keys: [String(number)],
  })),
  { id: 'class-by-name', place: 'labels', keys: ['L'] },
  { id: 'none-of-them', place: 'labels', keys: ['N'] },
  { id: 'take-away', place: 'labels', keys: ['0', 'Backspace', 'Delete'] },
  { id: 'accept', place: 'labels', keys: ['Mod+Enter'] },

  { id: 'pan', place: 'viewer', keys: ['H'] },
  { id: 'measure', place: 'viewer', keys: ['M'] },
  { id: 'window-level', place: 'viewer', keys: ['W'] },
  { id: 'reset-window', place: 'viewer', keys: ['Shift+W'] },
  { id: 'zoom-in', place: 'viewer', keys: ['+', '='] },
  { id: 'zoom-out', place: 'viewer', keys: ['-'] },
  { id: 'zoom-fit', place: 'viewer', keys: ['Z', 'Home'] },
  { id: 'zoom-actual', place: 'viewer', keys: ['A'] },
  { id: 'slice-up', place: 'viewer', keys: ['PageUp'] },
  { id: 'slice-down', place: 'viewer', keys: ['PageDown'] },

  { id: 'brush', place: 'masks', keys: ['B'] },
  { id: 'eraser', place: 'masks', keys: ['E'] },
  { id: 'polygon', place: 'masks', keys: ['P'] },
  { id: 'fill', place: 'masks', keys: ['G'] },
  { id: 'threshold-brush', place: 'masks', keys: ['T'] },
  { id: 'wand', place: 'masks', keys: ['R'] },
  { id: 'suggest', place: 'masks', keys: ['S'] },
  { id: 'brush-smaller', place: 'masks', keys: ['[', ','] },
  { id: 'brush-larger', place: 'masks', keys: [']', '.'] },
  { id: 'toggle-masks', place: 'masks', keys: ['V'] },
  { id: 'toggle-outline', place: 'masks', keys: ['O'] },
  { id: 'adopt-region', place: 'masks', keys: ['Q'] },
  { id: 'adopt-class', place: 'masks', keys: ['C'] },
  { id: 'adopt-all', place: 'masks', keys: ['Shift+Q'] },

  { id: 'see-student', place: 'result', keys: ['1'] },
  { id: 'see-copy', place: 'result', keys: ['2'] },
  { id: 'see-teacher', place: 'result', keys: ['3'] },
  { id: 'see-difference', place: 'result', keys: ['X'] },
  { id: 'hide-overlays', place: 'result', keys: ['V'] },
] as const satisfies readonly KeyAction[];

/** Actions on labels of whole images only. The keys of classes also choose the class to paint. */
const ofWholeImages: ReadonlySet<string> = new Set(['class-by-name', 'none-of-them', 'take-away']);
/** Places that exist for segmentation only. */
const ofRegions: ReadonlySet<KeyPlace> = new Set(['masks', 'result']);

/** True if a key is used in projects of a task; null stands for any task. */
export function isKeyOf(task: ProjectTask | null, { id, place }: Omit<KeyAction, 'keys'>): boolean {
  if (task === null) return true;
  return task === 'segmentation' ? !ofWholeImages.has(id) : !ofRegions.has(place);
}

export type KeyActionId = (typeof keyActions)[number]['id'];

/** Keys of the first nine classes, which label images or choose the class to paint. */
export const classKeys = [
  'class-1',
  'class-2',
  'class-3',
  'class-4',
  'class-5',
  'class-6',
  'class-7',
  'class-8',
  'class-9',
] as const satisfies readonly KeyActionId[];

/** Mouse actions and keys of controls: listed with the others, but not configurable. */
export const fixedKeys = {
  step: 'window',
  move: 'images',
  large: 'images',
  page: 'images',
  ends: 'images',
  select: 'images',
  more: 'images',
  all: 'images',
  none: 'images',
  shift: 'viewer',
  drag: 'viewer',
  wheel: 'viewer',
  erase: 'masks',
  wipe: 'result',
} as const satisfies Record<string, KeyPlace>;

export type FixedKey = keyof typeof fixedKeys;
