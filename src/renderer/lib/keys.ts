/** Whether a key press means text: typing must not label images or open dialogs. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return (
    target instanceof HTMLInputElement && !['range', 'radio', 'checkbox'].includes(target.type)
  );
}

/** Whether a button, a list or a slider that has the focus answers to the key itself. */
export function isForControl(event: KeyboardEvent): boolean {
  if (hasMod(event)) return false;
  if (event.target instanceof HTMLSelectElement) return true;
  return /^(?:Enter| |Tab|Escape|Home|End|Page.*|Arrow.*)$/.test(event.key);
}

/** Ctrl, or Cmd on a Mac. */
export function hasMod(event: KeyboardEvent | MouseEvent): boolean {
  return window.understudy.platform === 'darwin' ? event.metaKey : event.ctrlKey;
}

/** `Mod+Z` as this machine's keyboard names it. */
export function keyName(keys: string): string {
  if (window.understudy.platform !== 'darwin') return keys.replaceAll('Mod', 'Ctrl');
  return keys
    .replaceAll('Mod', '⌘')
    .replaceAll('Shift', '⇧')
    .replaceAll('Alt', '⌥')
    .replaceAll('+', ' ');
}

/** F and D, or Ctrl with an arrow: one further or back, as elsewhere in the field. */
export function stepKey(event: KeyboardEvent): 1 | -1 | undefined {
  if (event.altKey || event.shiftKey) return undefined;
  if (hasMod(event)) return ({ ArrowRight: 1, ArrowLeft: -1 } as const)[event.key];
  return ({ f: 1, d: -1 } as const)[event.key.toLowerCase()];
}

/** `undo` or `redo`, where a key press says so. */
export function historyKey(event: KeyboardEvent): 'undo' | 'redo' | null {
  if (!hasMod(event) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
  return key === 'y' && !event.shiftKey ? 'redo' : null;
}
