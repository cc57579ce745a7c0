import { keymap } from '../../../lib/keymap.svelte.ts';
import { hasMod } from '../../../lib/keys.ts';
import type { MaskComparison } from './mask-comparison.svelte.ts';

/** Of the image, at one press of an arrow: with Shift, and without. */
const strides = { large: 0.1, small: 0.02 };

const whose = {
  'see-student': 'student',
  'see-copy': 'copy',
  'see-teacher': 'teacher',
} as const;
const whoseKeys = Object.keys(whose) as (keyof typeof whose)[];

/** What a key does to a comparison; false where it is for others. */
export function onComparisonKey(event: KeyboardEvent, comparison: MaskComparison): boolean {
  const who = keymap.find(event, whoseKeys);
  if (who !== undefined) comparison.see(whose[who]);
  else if (keymap.matches(event, 'see-difference')) comparison.toggleDifference();
  else if (keymap.matches(event, 'hide-overlays')) comparison.isHidden = !comparison.isHidden;
  else if (keymap.matches(event, 'next-image')) comparison.choose(comparison.position + 1);
  else if (keymap.matches(event, 'previous-image')) comparison.choose(comparison.position - 1);
  else return false;
  return true;
}

/** What a key does to the line between two masks. */
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
