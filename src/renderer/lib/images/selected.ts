import { adding, includes, type Ranges, without } from '../ranges.ts';

/** Selection in a list, by position. */
export interface Selected {
  readonly ranges: Ranges;
  readonly focus: number;
  /** Start of a range selected with Shift. */
  readonly anchor: number;
}

export interface Modifiers {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
}

export const noneSelected: Selected = { ranges: [], focus: 0, anchor: 0 };

/** Selection after a click or key: the position alone, a range with Shift, one more with Ctrl or Cmd. */
export function picked(
  { ranges, anchor }: Selected,
  position: number,
  { shiftKey, ctrlKey, metaKey }: Modifiers,
): Selected {
  const isMore = ctrlKey || metaKey;
  if (shiftKey) {
    const stretch = { from: Math.min(anchor, position), to: Math.max(anchor, position) + 1 };
    return { ranges: isMore ? adding(ranges, stretch) : [stretch], focus: position, anchor };
  }
  const one = { from: position, to: position + 1 };
  const alone = { focus: position, anchor: position };
  if (!isMore) return { ...alone, ranges: [one] };
  const isTaken = includes(ranges, position);
  return { ...alone, ranges: isTaken ? without(ranges, one) : adding(ranges, one) };
}
