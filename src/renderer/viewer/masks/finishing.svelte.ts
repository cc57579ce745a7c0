import type { MaskInfo, MaskState, ModelLayer } from '../../../contract/masks.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';
import type { Adopting } from './adopting.svelte.ts';
import { doneOutcome, type DoneOutcome } from './done-choice.ts';
import type { LayerChoices } from './layer-choices.svelte.ts';
import type { MaskedImage, OpenMask } from './open-mask.svelte.ts';
import type { SuggestDesk } from './suggest-desk.svelte.ts';

const words = text.masks.finish;

/** The desk whose open mask is marked as done. */
export interface FinishPlace {
  readonly open: OpenMask | null;
  readonly choices: LayerChoices;
  readonly adopting: Adopting;
  readonly suggestions: SuggestDesk;
  /** Whether all that is in sight of the layers is drawn: what is not was not seen. */
  isDrawn(): boolean;
  /** Saves what was painted: false where that failed. */
  flush(): Promise<boolean>;
  /**
   * Says that the mask is done. True if it is said.
   *
   * @param isJoined whether the edit before it and this are one step to undo
   */
  setState(state: MaskState, isJoined?: boolean): Promise<boolean>;
  /** Takes back the step just taken, if none came after it. */
  undoLast(): () => void;
}

/** What is asked before a mask is done. */
export interface FinishQuestion {
  readonly image: string;
  readonly outcome: Extract<DoneOutcome, { kind: 'mask' | 'background' }>;
  answer(answer: FinishAnswer, isRemembered: boolean): void;
}

/** `save`: what the person marked, or background; `take`: the prediction besides; `show`: makes it visible. */
export type FinishAnswer = 'save' | 'take' | 'show' | 'cancel';

/** Answers that hold until the window is closed. */
export interface RememberedAnswers {
  background: 'save' | null;
  beside: 'save' | 'take' | null;
}

const rememberedAnswers: Record<number, RememberedAnswers> = {};

/** Those of a project, which its grid and its viewer share. */
export function answersOf(project: number): RememberedAnswers {
  return (rememberedAnswers[project] ??= { background: null, beside: null });
}

/** A question about an image whose answer comes later; `ask` gets it, and null once it is answered. */
export function questionOf(
  image: string,
  outcome: FinishQuestion['outcome'],
  remembered: RememberedAnswers,
  ask: (question: FinishQuestion | null) => void,
): Promise<FinishAnswer> {
  return new Promise((resolve) => {
    const answer = (answer: FinishAnswer, isRemembered: boolean): void => {
      ask(null);
      if (isRemembered && outcome.kind === 'background' && answer === 'save') {
        remembered.background = answer;
      }
      if (isRemembered && outcome.kind === 'mask' && (answer === 'save' || answer === 'take')) {
        remembered.beside = answer;
      }
      resolve(answer);
    };
    ask({ image, outcome, answer });
  });
}

/** Marks a mask as done with what a person sees on it, and asks where that is not clear. */
export class Finishing {
  question: FinishQuestion | null = $state.raw(null);
  readonly #place: FinishPlace;
  readonly #remembered: RememberedAnswers;

  constructor(place: FinishPlace, remembered: RememberedAnswers) {
    this.#place = place;
    this.#remembered = remembered;
  }

  /** What marking as done would save now. */
  get outcome(): DoneOutcome {
    const { open, choices, adopting, suggestions } = this.#place;
    const human = open?.info('human');
    return doneOutcome({
      marked: pixelsOf(human),
      isDone: human?.state === 'done',
      suggestion: suggestions.isProposed ? choices.of('suggestion') : null,
      predictions: adopting.layers.map((layer) => ({
        layer,
        pixels: pixelsOf(open?.info(layer)),
        choice: choices.of(layer),
      })),
    });
  }

  /** True where the mask is done, so that the next image can come. */
  async finish(): Promise<boolean> {
    if (this.question !== null || !(await this.#place.flush())) return false;
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
        if (outcome.beside === null) return this.#place.setState('done');
        return this.#finishBeside(outcome, outcome.beside, image);
      case 'background':
        return this.#finishEmpty(outcome, image);
    }
  }

  async #acceptSuggestion(image: MaskedImage): Promise<boolean> {
    const { suggestions } = this.#place;
    const isWhole = suggestions.isWhole;
    const isPainted = await suggestions.accept();
    if (!isWhole) {
      notices.add('attention', words.suggestedPart(image.name));
      return false;
    }
    return this.#done(image, isPainted, words.suggested(image.name));
  }

  async #takePrediction(layer: ModelLayer, image: MaskedImage): Promise<boolean> {
    // Pressed before it was drawn, it would be about something not seen.
    if (!this.#place.isDrawn()) return false;
    const taken = await this.#place.adopting.adopt({ layer });
    return taken && this.#done(image, true, words.taken(text.masks.layers[layer], image.name));
  }

  async #finishBeside(
    outcome: Extract<DoneOutcome, { kind: 'mask' }>,
    layer: ModelLayer,
    image: MaskedImage,
  ): Promise<boolean> {
    const answer = this.#remembered.beside ?? (await this.#ask(image.name, outcome));
    if (answer === 'save') return this.#place.setState('done');
    return answer === 'take' && this.#takePrediction(layer, image);
  }

  async #finishEmpty(
    outcome: Extract<DoneOutcome, { kind: 'background' }>,
    image: MaskedImage,
  ): Promise<boolean> {
    // A prediction that is hidden is asked about each time.
    const remembered = outcome.hidden === null ? this.#remembered.background : null;
    const answer = remembered ?? (await this.#ask(image.name, outcome));
    if (answer === 'show' && outcome.hidden !== null) {
      const { choices } = this.#place;
      choices.change(outcome.hidden, { isShown: true, opacity: 0.25, hasOutline: true });
    }
    if (answer !== 'save') return false;
    return this.#done(image, false, words.emptied(image.name));
  }

  async #done({ id }: MaskedImage, isJoined: boolean, message: string): Promise<boolean> {
    // Another image may have come in sight while the engine was at work; what was taken stays a draft then.
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

/** Pixels that a layer marks. */
export function pixelsOf(info: MaskInfo | undefined): number {
  return info?.histogram.reduce((sum, { pixels }) => sum + pixels, 0) ?? 0;
}
