import type { FoundMaskSource } from '../../../../contract/mask-sources.ts';
import { baseName } from '../../../lib/dropped.ts';
import { text } from '../../../text/index.ts';
import type { ChosenSource } from './mask-choice.svelte.ts';

export interface MaskSourceCard {
  readonly value: string;
  readonly title: string;
  readonly why: string;
}

/** Choices of a source of masks: those found, the chosen file, another file, none. */
export function sourceChoices(
  found: readonly FoundMaskSource[],
  chosen: ChosenSource | null,
): MaskSourceCard[] {
  const words = text.masksIn.sources;
  const cards = found.map(({ kind, path, files }) => ({
    value: `${kind} ${path}`,
    title: words.titles[kind](baseName(path), files),
    why: words.whys[kind],
  }));
  const value = chosen && `${chosen.kind} ${chosen.path}`;
  if (chosen && value !== null && !cards.some((card) => card.value === value)) {
    cards.push({ value, title: baseName(chosen.path), why: words.whys.file });
  }
  return [...cards, { value: 'file', ...words.file }, { value: 'none', ...words.none }];
}
