import type { Attachment } from 'svelte/attachments';

/**
 * Focus of a button that may disable itself, such as the button for the next image at the last one. Browsers take the
 * focus from a disabled button, and keys then no longer reach the dialog or section around it. A button that has the
 * focus is therefore only marked as disabled and ignores clicks; it is disabled when the focus moves on.
 */
export class HeldFocus {
  readonly #isDisabled: () => boolean;
  #hasFocus = $state(false);

  constructor(isDisabled: () => boolean) {
    this.#isDisabled = isDisabled;
  }

  /** Attributes of the button. */
  get attributes(): { readonly disabled: boolean; readonly 'aria-disabled': true | undefined } {
    const isDisabled = this.#isDisabled();
    return {
      disabled: isDisabled && !this.#hasFocus,
      'aria-disabled': isDisabled && this.#hasFocus ? true : undefined,
    };
  }

  readonly attach: Attachment<HTMLButtonElement> = (button) => {
    const listening = new AbortController();
    const options = { signal: listening.signal };
    button.addEventListener(
      'focus',
      () => {
        this.#hasFocus = true;
      },
      options,
    );
    button.addEventListener(
      'blur',
      () => {
        // The button keeps the focus within the page while another window is used.
        this.#hasFocus = document.activeElement === button;
      },
      options,
    );
    button.addEventListener(
      'click',
      (event) => {
        if (!this.#isDisabled()) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      },
      { ...options, capture: true },
    );
    return () => {
      listening.abort();
    };
  };
}
