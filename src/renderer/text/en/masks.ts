import { menuText } from '../../../text/index.ts';

const layers = {
  human: 'Your mask',
  student: 'Student',
  copy: 'Untrained copy',
  teacher: 'Teacher',
  difference: 'Differences',
  suggestion: 'Suggestion',
};

const lowered = (name: string): string => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

/** Text of the mask editor. */
export const masks = {
  tools: {
    brush: 'Brush',
    eraser: 'Eraser',
    polygon: 'Polygon',
    fill: 'Fill a region of the mask',
    'threshold-brush': 'Threshold brush: paints only shades in a range',
    wand: 'Connected region: marks similar pixels around a click',
    suggest: 'Suggest: proposes regions from a few strokes',
  },
  hints: {
    brush: 'Paint. Alt erases; Shift draws a straight line; Shift and the wheel change the size.',
    eraser: 'Erase. Shift erases along a straight line; Shift and the wheel change the size.',
    polygon:
      'Click corner by corner, or draw around a region. A double click or Enter closes the polygon.',
    fill: 'Click a region of the mask: all of it gets the selected class.',
    'threshold-brush': 'Paint. Only pixels whose shade on the screen is in the range are painted.',
    'threshold-picked':
      'Paint. Only pixels whose shade on the screen is close to the one where the stroke starts are painted.',
    wand: 'Click: similar connected pixels get the selected class.',
    suggest:
      'Draw a stroke on each class, and one on the background with Alt. The rest is proposed.',
  },
  notShown: 'This image cannot be shown, so it cannot be outlined or marked as done.',
  size: 'Size',
  sizeUnit: 'px',
  tolerance: 'Tolerance',
  rangeLow: 'Darkest shade',
  rangeHigh: 'Lightest shade',
  picked: 'Near the shade where the stroke starts',
  guard: 'Paint over',
  guards: { everything: 'Everything', background: 'Background only' },
  pressure: 'Pen pressure sets the size',
  lock: (name: string) => `Protect ${name} from being painted over`,
  background: 'Background',
  ignore: 'Ignore',
  ignoreWhy: 'Training ignores these pixels.',
  layersName: 'Layers',
  layers,
  show: (layer: string) => `Show ${lowered(layer)}`,
  opacity: (layer: string) => `Opacity of ${lowered(layer)}`,
  outlineOf: (layer: string) => `Outline of ${lowered(layer)}`,
  hatch: 'Hatch lines over colours',
  compared: 'Compared',
  comparedWith: (first: string, second: string) => `${first} and ${lowered(second)}`,
  only: (who: string) => `${who} only`,
  otherClass: 'Another class',
  adopt: {
    title: 'Use a prediction as my mask',
    why: 'The prediction becomes your mask, which you can correct. Once your mask is marked as done, the next student is trained on it.',
    from: 'Prediction of',
    whole: 'Whole image',
    all: 'Use the whole prediction',
    only: (name: string) => `Only ${name}`,
    ofClass: (name: string) => `Use the prediction for ${name}`,
    region: (key: string) =>
      `Point at a predicted region and press ${key} to use only that region.`,
    nothingThere:
      'No model has outlined this image yet. Use “Let the student outline” in the Labels step first.',
    nothingNew:
      'Nothing was added: your mask already has all predicted regions, or the prediction is background.',
  },
  noMask: (layer: string) => `${layer}: nothing to show yet`,
  legend: 'Classes',
  pixels: 'px',
  saved: 'Saved',
  saving: 'Saving',
  failed: 'Not saved, trying again',
  draft: 'Draft',
  done: 'Done',
  finish: {
    button: {
      mask: 'Done, next image',
      suggestion: 'Accept suggestion, next image',
      prediction: 'Accept prediction, next image',
      background: 'Done: all background',
    },
    taken: (layer: string, name: string) =>
      `The prediction (${layer.toLowerCase()}) is now your mask of ${name}, which is marked as done.`,
    suggested: (name: string) =>
      `The suggestion is now part of your mask of ${name}, which is marked as done.`,
    suggestedPart: (name: string) =>
      `The suggestion was accepted for the visible part of ${name}. Check the rest, then mark the image as done.`,
    emptied: (name: string) => `${name} is marked as done, all of it as background.`,
    emptyTitle: 'Save the whole image as background?',
    emptyWhy: (name: string) =>
      `${name} has no marks. If you mark it as done, training treats the whole image as background.`,
    hiddenWhy: (layer: string) =>
      `There is a prediction (${layer.toLowerCase()}), but its layer is not visible now.`,
    show: 'Show the prediction',
    hiddenSuggestion: 'There is a suggestion, but its layer is not visible now.',
    showSuggestion: 'Show the suggestion',
    strokesTitle: 'Save your mask without the strokes?',
    strokesWhy: (name: string) =>
      `Your strokes for suggestions on ${name} are not part of the mask, and no suggestion was made from them yet.`,
    strokesMore:
      'A suggestion needs strokes of two kinds: two classes, or one class and, with Alt, the background. The strokes are kept when you leave the image.',
    saveEmpty: 'Save as all background',
    omittedTitle: 'Save your mask without the prediction?',
    omittedReason: (layer: string, name: string) =>
      `Your mask of ${name} covers less than half of the area of the visible prediction (${layer.toLowerCase()}), which is not part of your mask. Training treats pixels outside your mask as background.`,
    mineAlone: 'Save only my mask',
    takeBoth: 'Add the prediction',
    remember: 'Do not ask again until the window is closed',
    suggestionLeft: (name: string) =>
      `The suggestion on ${name} was not accepted and is not in the mask. Its strokes reappear when you open the image again.`,
    undoLater: 'You have made another change since then. Undo that change first.',
    undoClosed: 'To undo this, open the image and undo it there.',
  },
  markDraft: 'Back to draft',
  undo: menuText.undo,
  redo: menuText.redo,
  accept: 'Accept the suggestion',
  startOver: 'Start over',
  keepMarked: 'Keep my marks',
  keptWhy: 'Accepting fills only unmarked pixels.',
  overwrittenWhy: 'Accepting paints over your marks, except those of protected classes.',
  suggestedNothing:
    'Nothing was added to your mask: all proposed pixels are already marked or protected.',
  needsTwo:
    'Draw strokes of at least two kinds: two classes, or one class and, with Alt, the background.',
  notSaved:
    'Your changes could not be saved. This window keeps them and tries again until they are saved.',
  imageGone: 'An image was removed while you painted on it. Its mask was deleted with it.',
  regionTooLarge:
    'That region has more than 33 million pixels, so nothing was painted. Lower the tolerance, or close gaps in its border with the brush.',
  undoGone: (name: string) =>
    `${name} was removed from the project, so its changes can no longer be undone or redone.`,
  changedByOthers: (name: string) =>
    `The mask of ${name} was changed outside this editor, for example by an import of labels. Your earlier changes to it can no longer be undone.`,
  wentTo: {
    undo: (name: string) => `Went back to ${name} to undo its last change.`,
    redo: (name: string) => `Went back to ${name} to redo its change.`,
  },
  closing: 'Some of your changes are not saved yet. Close the window again to discard them.',
};
