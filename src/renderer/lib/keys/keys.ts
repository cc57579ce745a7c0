import { keymap } from './keymap.svelte.ts';

/** True if a key press goes to a text field: typing must not label images or open dialogs. */
export function isTyping(event: KeyboardEvent): boolean {
  const { target } = event;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return (
    target instanceof HTMLInputElement && !['range', 'radio', 'checkbox'].includes(target.type)
  );
}

/** True if the focused button, list or slider handles the key itself. */
export function isForControl(event: KeyboardEvent): boolean {
  if (hasMod(event)) return false;
  const { target } = event;
  if (target instanceof HTMLSelectElement) return true;
  if (/^(?:Enter| |Tab|Escape)$/.test(event.key)) return true;
  // Buttons in menus and lists handle arrows; others do not.
  const isPlainButton = target instanceof HTMLButtonElement && target.role === null;
  return !isPlainButton && /^(?:Home|End|Page.*|Arrow.*)$/.test(event.key);
}

/** True if Ctrl is down, or Cmd on a Mac. */
export function hasMod(event: KeyboardEvent | MouseEvent): boolean {
  return window.understudy.platform === 'darwin' ? event.metaKey : event.ctrlKey;
}

/** Key as shown on this platform, from the form `Mod+Z`. */
export function keyName(keys: string): string {
  if (window.understudy.platform !== 'darwin') return keys.replaceAll('Mod', 'Ctrl');
  return keys
    .replaceAll('Mod', '⌘')
    .replaceAll('Shift', '⇧')
    .replaceAll('Alt', '⌥')
    .replaceAll('+', ' ');
}

/** Direction of a key press for the next (1) or previous (-1) image; undefined for other keys. */
export function stepKey(event: KeyboardEvent): 1 | -1 | undefined {
  if (keymap.matches(event, 'next-image')) return 1;
  return keymap.matches(event, 'previous-image') ? -1 : undefined;
}

/** Undo or redo, if a key press triggers it. */
export function historyKey(event: KeyboardEvent): 'undo' | 'redo' | null {
  return keymap.find(event, ['undo', 'redo']) ?? null;
}
