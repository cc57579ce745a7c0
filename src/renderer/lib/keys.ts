import { keymap } from './keymap.svelte.ts';

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

/** Whether a key press asks for the next image or the one before. */
export function stepKey(event: KeyboardEvent): 1 | -1 | undefined {
  if (keymap.matches(event, 'next-image')) return 1;
  return keymap.matches(event, 'previous-image') ? -1 : undefined;
}

/** `undo` or `redo`, where a key press says so. */
export function historyKey(event: KeyboardEvent): 'undo' | 'redo' | null {
  return keymap.find(event, ['undo', 'redo']) ?? null;
}
