import type { ViewedImage } from '../../contract/image-view.ts';
import type { DecidedRange } from './display-range.ts';

/** User's choice of bands and range; null for those that the model sees. */
export interface DisplayChoice {
  readonly bands: readonly number[] | null;
  readonly range: DecidedRange | null;
}

/** Choices by kind of image. */
export type Choices = ReadonlyMap<string, DisplayChoice>;

export const noChoices: Choices = new Map();

const asModel: DisplayChoice = { bands: null, range: null };

/** Choice for images of the same kind as `image`. */
export function choiceFor(choices: Choices, image: ViewedImage): DisplayChoice {
  return choices.get(kindOf(image)) ?? asModel;
}

/** Changes the choice for images of the same kind as `image`; `asModel` removes it. */
export function withChoice(
  choices: Choices,
  image: ViewedImage,
  change: Partial<DisplayChoice> | 'asModel',
): Choices {
  const others = new Map(choices);
  if (change === 'asModel') others.delete(kindOf(image));
  else others.set(kindOf(image), { ...choiceFor(choices, image), ...change });
  return others;
}

/** Kind of an image for choices: a window chosen for one series, modality or unit does not apply to another. */
function kindOf({ series, modality, interpretation, sampleType, display }: ViewedImage): string {
  return JSON.stringify([series, modality, display.unit, interpretation, sampleType]);
}
