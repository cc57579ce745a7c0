export interface MenuItem {
  readonly label: string;
  /** Small text at the right. */
  readonly hint?: string;
  readonly isLoss?: boolean;
  /** True to draw a line above the item. */
  readonly startsGroup?: boolean;
  run(): void;
}

/** Moves the focus to the first item of a menu. */
export function enterMenu(list: HTMLElement): void {
  entriesOf(list)[0]?.focus();
}

/** Moves the focus in a menu by an arrow key, Home or End; returns false for any other key. */
export function moveInMenu(list: HTMLElement, key: string): boolean {
  const all = entriesOf(list);
  const at = all.indexOf(document.activeElement as HTMLElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[key];
  if (to === undefined) return false;
  all.at(to % all.length)?.focus();
  return true;
}

function entriesOf(list: HTMLElement): HTMLElement[] {
  return [...list.querySelectorAll<HTMLElement>('[role=menuitem]')];
}
