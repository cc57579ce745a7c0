import { areKeysNowhere } from './keys-place.ts';

/** Selector of focusable elements. */
const takers = [
  ...['a[href]', 'button:enabled', 'input:enabled', 'select:enabled', 'textarea:enabled'],
  ...['summary', '[tabindex="0"]'],
].join(', ');

/** Time in ms that a step or dialog has to set the focus itself. */
const patience = 80;

/**
 * Keeps the keyboard focus on an element. When the focused element disappears, the focus moves to its replacement,
 * else to the dialog's main button or the step's title. An element that is disabled for a while gets the focus back,
 * unless the user clicks elsewhere meanwhile (most buttons keep it themselves: `HeldFocus`). Without a focused element,
 * keyboard users start again at the top of the window, and screen readers fall silent.
 *
 * @returns a function that stops it
 */
export function keepKeys(): () => void {
  const keeper = new FocusKeeper();
  return () => {
    keeper.stop();
  };
}

class FocusKeeper {
  /** Last focused element and its ancestors, the innermost first. */
  #chain: readonly Element[] = [];
  #timer = 0;
  /**
   * True while the last focused element is disabled. The focus stays off other elements meanwhile, or a second press
   * would trigger another action.
   */
  #isWaiting = false;
  /** True if the latest input was by pointer. Nothing scrolls then, and no other control of a step gets the focus. */
  #isByPointer = false;
  readonly #listening = new AbortController();
  readonly #observer = new MutationObserver(() => {
    this.#restore();
  });

  constructor() {
    this.#observer.observe(document.body, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ['disabled', 'hidden', 'open'],
    });
    const { signal } = this.#listening;
    document.addEventListener('focusin', this.#focusEntered, { signal });
    document.addEventListener('focusout', this.#focusLeft, { signal });
    document.addEventListener('pointerdown', this.#pointerPressed, { capture: true, signal });
    document.addEventListener('keydown', this.#keyPressed, { capture: true, signal });
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#observer.disconnect();
    this.#listening.abort();
  }

  readonly #focusEntered = ({ target }: FocusEvent): void => {
    this.#chain = target instanceof Element ? withAncestors(target) : [];
    this.#isWaiting = false;
  };

  readonly #focusLeft = ({ target }: FocusEvent): void => {
    setTimeout(() => {
      // A click beside the element removed the focus on purpose.
      const isLeft = target === this.#chain[0] && target instanceof Element && isUsable(target);
      if (isLeft && !this.#isWaiting && areKeysNowhere()) this.#chain = [];
      this.#restore();
    });
  };

  readonly #pointerPressed = ({ target }: PointerEvent): void => {
    this.#isByPointer = true;
    // After a click elsewhere the disabled element does not get the focus back.
    const isElsewhere = !(target instanceof Node) || this.#chain[0]?.contains(target) !== true;
    if (this.#isWaiting && isElsewhere) this.#chain = [];
  };

  readonly #keyPressed = (): void => {
    this.#isByPointer = false;
  };

  /** Focuses an element that is enabled again, or after a while the replacement of one that disappeared. */
  #restore(): void {
    const [last] = this.#chain;
    const isOff = last?.matches(':disabled') === true;
    if (this.#isWaiting && !isOff && last instanceof HTMLElement && areKeysNowhere())
      last.focus({ preventScroll: this.#isByPointer });
    this.#isWaiting = isOff;
    if (this.#timer !== 0 || !this.#isLost()) return;
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      if (!this.#isLost()) return;
      placeFor(this.#chain, this.#isByPointer)?.focus({ preventScroll: this.#isByPointer });
    }, patience);
  }

  #isLost(): boolean {
    const [last] = this.#chain;
    return last !== undefined && areKeysNowhere() && !isThere(last);
  }
}

function isThere(element: Element): boolean {
  return element.isConnected && element.checkVisibility();
}

function isUsable(element: Element): boolean {
  return isThere(element) && !element.matches(':disabled');
}

function withAncestors(element: Element): Element[] {
  const chain: Element[] = [];
  for (let one: Element | null = element; one !== null; one = one.parentElement) chain.push(one);
  return chain;
}

/** @param isByPointer true if the element was used by pointer */
function placeFor(chain: readonly Element[], isByPointer: boolean): HTMLElement | null {
  const dialog = [...document.querySelectorAll<HTMLDialogElement>('dialog[open]')].at(-1);
  // After a click in a step its title has the focus: arrow keys then move in the grid of images, as before the click.
  const isFree = isByPointer && dialog === undefined;
  for (const holder of isFree ? [] : chain.slice(1)) {
    if (!holder.isConnected) continue;
    const isOutside = dialog !== undefined && !dialog.contains(holder);
    // A holder of the step's title encloses controls of the whole step, as the button that leaves it.
    if (isOutside || holder.matches('dialog, main, :has(#step-title)')) break;
    const found = takerIn(holder);
    if (found !== undefined) return found;
  }
  // The image viewer handles keys itself.
  if (dialog?.dataset.viewer !== undefined) return dialog;
  if (dialog === undefined) {
    const main = document.querySelector('main');
    return document.getElementById('step-title') ?? (main && takerIn(main)) ?? null;
  }
  return takerIn(dialog.querySelector('footer') ?? dialog) ?? takerIn(dialog) ?? null;
}

/** Main button within an element, else its first focusable element. */
function takerIn(holder: Element): HTMLElement | undefined {
  const all = [...holder.querySelectorAll<HTMLElement>(takers)].filter(isUsable);
  return all.find((one) => one.matches('button.primary')) ?? all[0];
}
