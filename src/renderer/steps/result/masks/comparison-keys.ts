import { keymap } from '../../../lib/keys/keymap.svelte.ts';
import { hasMod } from '../../../lib/keys/keys.ts';
import type { MaskComparison } from './mask-comparison.svelte.ts';

/** Movement of the line per press of an arrow key with and without Shift, as a share of the image. */
const strides = { large: 0.1, small: 0.02 };

const modelOfKey = {
  'see-student': 'student',
  'see-copy': 'copy',
  'see-teacher': 'teacher',
} as const;
const modelKeys = Object.keys(modelOfKey) as (keyof typeof modelOfKey)[];

/** Handles a key of the comparison. @returns false if the key is not for it */
export function onComparisonKey(event: KeyboardEvent, comparison: MaskComparison): boolean {
  const who = keymap.find(event, modelKeys);
  if (who !== undefined) comparison.showPrediction(modelOfKey[who]);
  else if (keymap.matches(event, 'see-difference')) comparison.toggleDifference();
  else if (keymap.matches(event, 'hide-overlays')) comparison.isHidden = !comparison.isHidden;
  else if (keymap.matches(event, 'next-image')) comparison.choose(comparison.position + 1);
  else if (keymap.matches(event, 'previous-image')) comparison.choose(comparison.position - 1);
  else return false;
  return true;
}

/** Handles a key that moves the line between two masks. @returns false if the key is not for it */
export function onWipeKey(event: KeyboardEvent, comparison: MaskComparison): boolean {
  if (comparison.mode !== 'wipe' || hasMod(event) || event.altKey) return false;
  const stride = event.shiftKey ? strides.large : strides.small;
  switch (event.key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      comparison.move(-stride);
      return true;
    case 'ArrowRight':
    case 'ArrowUp':
      comparison.move(stride);
      return true;
    case 'Home':
      comparison.share = 0;
      return true;
    case 'End':
      comparison.share = 1;
      return true;
    default:
      return false;
  }
}
