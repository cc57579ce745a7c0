/** True if no element has the keyboard focus. */
export function areKeysNowhere(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body;
}

/** Focuses the first of `wanted` that accepts the focus, else the step's title, unless an element has the focus. */
export function placeKeys(...wanted: readonly (Element | null | undefined)[]): void {
  for (const element of [...wanted, document.getElementById('step-title')]) {
    if (!areKeysNowhere()) return;
    // Keeps the scroll position of the element and of the list around it.
    if (element instanceof HTMLElement) element.focus({ preventScroll: true });
  }
}
