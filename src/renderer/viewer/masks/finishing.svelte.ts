import type { MaskInfo, MaskState, ModelLayer } from '../../../contract/masks.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';
import type { Adopting } from './adopting.svelte.ts';
import { doneOutcome, type DoneOutcome } from './done-choice.ts';
import type { LayerChoices } from './layers/layer-choices.svelte.ts';
import type { EditedImage, MaskSession } from './mask-session.svelte.ts';
import type { Suggestions } from './suggestions.svelte.ts';

const words = text.masks.finish;

/** Editor whose open mask is marked as done. */
export interface FinishPlace {
  readonly open: MaskSession | null;
  readonly choices: LayerChoices;
  readonly adopting: Adopting;
  readonly suggestions: Suggestions;
  /** True if all visible layers are drawn completely, so that the user has seen them. */
  isDrawn(): boolean;
  /** Saves painted tiles; false if that failed. */
  flush(): Promise<boolean>;
  /**
   * Sets the state of the mask; returns true if it succeeded.
   *
   * @param isJoined true to join it with the preceding edit into one undo step
   */
  setState(state: MaskState, isJoined?: boolean): Promise<boolean>;
  /** Returns a function that undoes the latest step if none followed it. */
  undoLast(): () => void;
}

/** Question before a mask is marked as done. */
export interface FinishQuestion {
  readonly image: string;
  readonly outcome: Extract<DoneOutcome, { kind: 'mask' | 'background' }>;
  answer(answer: FinishAnswer, isRemembered: boolean): void;
}

/** `save`: the user's mask, or background; `take`: also the prediction; `show`: makes the hidden layer visible. */
export type FinishAnswer = 'save' | 'take' | 'show' | 'cancel';

/** Answers that apply until the window is closed. */
export interface RememberedAnswers {
  background: 'save' | null;
  omitted: 'save' | 'take' | null;
  strokes: 'save' | null;
}

const rememberedAnswers: Record<number, RememberedAnswers> = {};

/** Remembered answers of a project, shared by its grid and viewer. */
export function answersOf(project: number): RememberedAnswers {
  return (rememberedAnswers[project] ??= { background: null, omitted: null, strokes: null });
}

/** Asks about an image; `ask` gets the question, and null once it is answered. Resolves to the answer. */
export function questionOf(
  image: string,
  outcome: FinishQuestion['outcome'],
  remembered: RememberedAnswers,
  ask: (question: FinishQuestion | null) => void,
): Promise<FinishAnswer> {
  return new Promise((resolve) => {
    const answer = (answer: FinishAnswer, isRemembered: boolean): void => {
      ask(null);
      if (isRemembered) remember(remembered, outcome, answer);
      resolve(answer);
    };
    ask({ image, outcome, answer });
  });
}

function remember(
  remembered: RememberedAnswers,
  outcome: FinishQuestion['outcome'],
  answer: FinishAnswer,
): void {
  if (answer !== 'save' && answer !== 'take') return;
  if (outcome.kind === 'mask' && outcome.omitted !== null) remembered.omitted = answer;
  else if (answer === 'save') {
    remembered[outcome.kind === 'background' ? 'background' : 'strokes'] = answer;
  }
}

/** Marks a mask as done with what the user sees on it, and asks if that is ambiguous. */
export class Finishing {
  question: FinishQuestion | null = $state.raw(null);
  readonly #place: FinishPlace;
  readonly #remembered: RememberedAnswers;

  constructor(place: FinishPlace, remembered: RememberedAnswers) {
    this.#place = place;
    this.#remembered = remembered;
  }

  /** Mask that marking as done would save now. */
  get outcome(): DoneOutcome {
    const { open, choices, adopting, suggestions } = this.#place;
    const human = open?.info('human');
    return doneOutcome({
      marked: pixelsOf(human),
      isDone: human?.state === 'done',
      suggestion: suggestions.isProposed ? choices.of('suggestion') : null,
      hasStrokes: suggestions.hasStrokes,
      predictions: adopting.layers.map((layer) => ({
        layer,
        pixels: pixelsOf(open?.info(layer)),
        choice: choices.of(layer),
      })),
    });
  }

  /** Marks the mask as done; returns true if it is, so that the next image can be opened. */
  async finish(): Promise<boolean> {
    if (this.question !== null || !(await this.#place.flush())) return false;
    // A suggestion that was still loading when the button was pressed has not been seen.
    if (await this.#place.suggestions.arrived()) return false;
    const { outcome } = this;
    const { open } = this.#place;
    if (open === null) return false;
    const { image } = open;
    switch (outcome.kind) {
      case 'suggestion':
        return this.#acceptSuggestion(image);
      case 'prediction':
        return this.#takePrediction(outcome.layer, image);
      case 'mask':
        return this.#finishMask(outcome, image);
      case 'background':
        return this.#finishEmpty(outcome, image);
    }
  }

  async #acceptSuggestion(image: EditedImage): Promise<boolean> {
    const { suggestions } = this.#place;
    const isWhole = suggestions.isWhole;
    const isPainted = await suggestions.accept();
    if (!isWhole) {
      notices.add('attention', words.suggestedPart(image.name));
      return false;
    }
    if (!isPainted) return this.#place.setState('done');
    return this.#done(image, true, words.suggested(image.name));
  }

  async #takePrediction(layer: ModelLayer, image: EditedImage): Promise<boolean> {
    // A prediction that is not drawn yet has not been seen.
    if (!this.#place.isDrawn()) return false;
    const taken = await this.#place.adopting.adopt({ layer });
    return taken && this.#done(image, true, words.taken(text.masks.layers[layer], image.name));
  }

  async #finishMask(
    outcome: Extract<DoneOutcome, { kind: 'mask' }>,
    image: EditedImage,
  ): Promise<boolean> {
    const { omitted, hasStrokes } = outcome;
    if (omitted === null && !hasStrokes) return this.#place.setState('done');
    const remembered = this.#remembered[omitted === null ? 'strokes' : 'omitted'];
    const answer = remembered ?? (await this.#ask(image.name, outcome));
    if (answer === 'save') return this.#place.setState('done');
    return answer === 'take' && omitted !== null && this.#takePrediction(omitted, image);
  }

  async #finishEmpty(
    outcome: Extract<DoneOutcome, { kind: 'background' }>,
    image: EditedImage,
  ): Promise<boolean> {
    // Hidden layers and strokes are asked about each time.
    const isPlain = outcome.hidden === null && !outcome.hasStrokes;
    const remembered = isPlain ? this.#remembered.background : null;
    const answer = remembered ?? (await this.#ask(image.name, outcome));
    if (answer === 'show' && outcome.hidden !== null) {
      const { choices } = this.#place;
      choices.change(outcome.hidden, { isShown: true, opacity: 0.25, hasOutline: true });
    }
    if (answer !== 'save') return false;
    return this.#done(image, false, words.emptied(image.name));
  }

  async #done({ id }: EditedImage, isJoined: boolean, message: string): Promise<boolean> {
    // If another image was opened while the engine worked, the adopted mask stays a draft.
    if (this.#place.open?.image.id !== id) return false;
    if (!(await this.#place.setState('done', isJoined))) return false;
    const undo = this.#place.undoLast();
    notices.add('done', message, { action: { label: text.common.undo, run: undo } });
    return true;
  }

  #ask(image: string, outcome: FinishQuestion['outcome']): Promise<FinishAnswer> {
    return questionOf(image, outcome, this.#remembered, (question) => (this.question = question));
  }
}

/** Number of pixels that a layer marks. */
export function pixelsOf(info: MaskInfo | undefined): number {
  return info?.histogram.reduce((sum, { pixels }) => sum + pixels, 0) ?? 0;
}
