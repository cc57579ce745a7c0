/** Whether the keys are nowhere: what had them is gone, or cannot be used now. */
export function areKeysNowhere(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body;
}

/** Gives the keys to whoever takes them first, or to the step's title, unless somebody has them. */
export function placeKeys(...wanted: readonly (Element | null | undefined)[]): void {
  for (const element of [...wanted, document.getElementById('step-title')]) {
    if (!areKeysNowhere()) return;
    // What is shown large, or in a list of its own, is where it was left.
    if (element instanceof HTMLElement) element.focus({ preventScroll: true });
  }
}
