import type { ReservedFor } from '../../lib/keymap-rules.ts';
import type { FixedKey, KeyActionId, KeyPlace } from '../../lib/keymap-table.ts';

const places: Record<KeyPlace, string> = {
  window: 'Everywhere',
  images: 'Images',
  labels: 'Labels',
  viewer: 'Looking at an image',
  masks: 'Outlining regions',
};

const actions: Record<KeyActionId, string> = {
  search: 'Search steps, actions, projects',
  shortcuts: 'Show the keys',
  undo: 'Undo',
  redo: 'Redo',
  'next-image': 'Next image',
  'previous-image': 'Previous image',
  'new-project': 'New project',
  'open-projects': 'All projects',
  import: 'Import images',
  'remove-images': 'Remove images',
  'class-1': 'First class',
  'class-2': 'Second class',
  'class-3': 'Third class',
  'class-4': 'Fourth class',
  'class-5': 'Fifth class',
  'class-6': 'Sixth class',
  'class-7': 'Seventh class',
  'class-8': 'Eighth class',
  'class-9': 'Ninth class',
  'class-by-name': 'Give any class by its name',
  'none-of-them': 'None of the classes',
  'take-away': 'Take the label away',
  accept: 'Accept and go on',
  pan: 'Pan',
  measure: 'Measure',
  'window-level': 'Window and level',
  'reset-window': 'Usual window and level',
  'zoom-in': 'Zoom in',
  'zoom-out': 'Zoom out',
  'zoom-fit': 'Zoom to fit',
  'zoom-actual': 'Actual size',
  'slice-up': 'Slice up',
  'slice-down': 'Slice down',
  brush: 'Brush',
  eraser: 'Eraser',
  polygon: 'Polygon',
  fill: 'Fill',
  'threshold-brush': 'Threshold brush',
  wand: 'Connected region',
  suggest: 'Suggest',
  'brush-smaller': 'Smaller brush',
  'brush-larger': 'Larger brush',
  'toggle-masks': 'Show or hide the masks',
  'toggle-outline': 'Outlines or filled',
};

/** With their keys, `Mod` and the like as `keyName` takes them. */
const fixed: Record<FixedKey, readonly [name: string, keys: string]> = {
  step: ['Go to a step', 'Alt+1 … 8'],
  move: ['Move', 'Arrow keys'],
  large: ['Look at it large', 'Enter'],
  page: ['A page up or down', 'Page up, Page down'],
  ends: ['First or last', 'Home, End'],
  select: ['Select', 'Space'],
  more: ['Select more', 'Shift+Arrow keys'],
  all: ['Select all', 'Mod+A'],
  none: ['Select none', 'Esc'],
  shift: ['Pan', 'Arrow keys'],
  drag: ['Pan with the mouse', 'Space+drag'],
  wheel: ['Zoom', 'Wheel'],
  erase: ['Erase for a moment', 'Alt+drag'],
};

const reserved: Record<ReservedFor, string> = {
  control: 'it works the buttons and fields of the window',
  move: 'it moves from image to image',
  menu: 'it belongs to the menu',
  steps: 'it goes to a step',
  system: 'it belongs to the system',
};

/** Keys, and the dialog that lists and changes them. */
export const keysText = {
  title: 'Keys',
  explanation: 'Choose a key to change it, then press another.',
  places,
  actions,
  fixed,
  change: (action: string, key: string) => `${action}: ${key}, change`,
  changeHint: 'Change this key',
  add: (action: string) => `Another key for ${action}`,
  press: 'Press a key',
  pressSpoken: (action: string) => `Press a key for “${action}”; Escape leaves it as it is`,
  remove: (action: string, key: string) => `Take ${key} from ${action}`,
  reset: (action: string) => `The usual keys of ${action}`,
  resetAll: 'Reset all keys',
  given: (action: string, key: string) => `${action} has the key ${key}.`,
  wasReset: (action: string) => `${action} has its usual keys.`,
  allReset: 'All actions have their usual keys.',
  taken: (key: string, other: string) =>
    `${key} is the key of “${other}”. Give that another key first, or choose another here.`,
  reserved: (key: string, why: ReservedFor) =>
    `${key} cannot be given away: ${reserved[why]}. Choose another.`,
};
