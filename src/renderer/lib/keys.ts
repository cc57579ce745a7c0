/** Whether a key press means text: typing must not label images or open dialogs. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return (
    target instanceof HTMLInputElement && !['range', 'radio', 'checkbox'].includes(target.type)
  );
}

/** Ctrl, or Cmd on a Mac. */
export function hasMod(event: KeyboardEvent | MouseEvent): boolean {
  return window.understudy.platform === 'darwin' ? event.metaKey : event.ctrlKey;
}

/** `Mod+Z` as this machine's keyboard names it. */
export function keyName(keys: string): string {
  if (window.understudy.platform !== 'darwin') return keys.replace('Mod', 'Ctrl');
  return keys.replace('Mod', '⌘').replace('Shift', '⇧').replace('Alt', '⌥').replaceAll('+', ' ');
}

/** `undo` or `redo`, where a key press says so. */
export function historyKey(event: KeyboardEvent): 'undo' | 'redo' | null {
  if (!hasMod(event) || event.altKey) return null;
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
  return key === 'y' && !event.shiftKey ? 'redo' : null;
}
