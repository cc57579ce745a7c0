import { tick } from 'svelte';
import { actions } from '../lib/keys/actions.svelte.ts';
import type { EventOf, MenuKeys } from '../../contract/app.ts';
import { call } from '../lib/client.ts';
import { keymap } from '../lib/keys/keymap.svelte.ts';
import { chordForMenu } from '../lib/keys/keymap-chord.ts';
import { hasMod, isTyping } from '../lib/keys/keys.ts';
import { notices } from '../lib/notices.svelte.ts';
import { stepNames } from '../lib/project-state.svelte.ts';
import type { Shell } from './shell.svelte.ts';

/** Commands that the menu has as well. */
const windowCommands = [
  ...(['undo', 'redo', 'shortcuts', 'new-project', 'open-projects', 'import'] as const),
];

/** Sends the current keys to the menu, which shows them and handles them where the page does not. */
export function sendMenuKeys(): void {
  const keys = windowCommands.map((command) => [
    command,
    keymap.chords(command).flatMap((chord) => chordForMenu(chord) ?? []),
  ]);
  void call('shell.setMenuKeys', { keys: Object.fromEntries(keys) as MenuKeys }).catch(
    (error: unknown) => {
      notices.fail(error);
    },
  );
}

/** Handles the keys that work everywhere in the window. */
export function onWindowKey(shell: Shell, event: KeyboardEvent): void {
  if (event.defaultPrevented) return;
  if (handled(shell, event)) event.preventDefault();
}

function handled(shell: Shell, event: KeyboardEvent): boolean {
  const isText = isTyping(event) && !hasMod(event) && !event.altKey;
  if (keymap.matches(event, 'search') && !isText) {
    shell.dialog = shell.dialog === 'palette' ? null : 'palette';
    return true;
  }
  const dialogs = [...document.querySelectorAll<HTMLElement>('dialog[open]')];
  if (shell.dialog !== null || dialogs.length > 0) {
    // The list of keys opens over the image viewer too.
    const isViewer = shell.dialog === null && dialogs.every((one) => 'viewer' in one.dataset);
    if (!isViewer || isTyping(event) || !keymap.matches(event, 'shortcuts')) return false;
    onMenuCommand(shell, { command: 'shortcuts' });
    return true;
  }
  const step = stepNames[Number(/^Digit([1-8])$/.exec(event.code)?.[1]) - 1];
  if (event.altKey && !event.ctrlKey && !event.metaKey && step !== undefined) {
    shell.goTo(step);
    return shell.open !== null;
  }
  const command = keymap.find(event, windowCommands);
  if (command === undefined) return false;
  // In a text field a key alone is text, and undo applies to the text.
  if (isTyping(event) && (!hasMod(event) || command === 'undo' || command === 'redo')) return false;
  if (command === 'undo' || command === 'redo') return actions.run(command);
  onMenuCommand(shell, { command });
  return true;
}

/** Runs a command of the menu. */
export function onMenuCommand(shell: Shell, { command }: EventOf<'menu.command'>): void {
  switch (command) {
    case 'new-project':
      shell.showNew();
      return;
    case 'open-projects':
      shell.showStart();
      return;
    case 'import':
      void importImages(shell);
      return;
    case 'choose-workspace':
      void shell.chooseWorkspace();
      return;
    case 'shortcuts':
      shell.dialog = 'keys';
      return;
    case 'about':
      shell.dialog = 'about';
      return;
    case 'undo':
    case 'redo':
      undoOrRedo(command);
  }
}

/** Opens the step Images, then runs its import action. */
async function importImages(shell: Shell): Promise<void> {
  shell.goTo('images');
  await tick();
  actions.run('import');
}

/** Undoes or redoes: in a text field the text, which only the browser's deprecated `execCommand` can do. */
function undoOrRedo(command: 'undo' | 'redo'): void {
  const { activeElement } = document;
  const isField =
    activeElement instanceof HTMLTextAreaElement ||
    (activeElement instanceof HTMLInputElement && activeElement.type === 'text');
  // oxlint-disable-next-line typescript/no-deprecated -- there is no replacement
  if (isField) document.execCommand(command);
  else actions.run(command);
}
