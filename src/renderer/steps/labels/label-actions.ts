import type { Action } from '../../lib/actions.svelte.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';
import { text } from '../../text/index.ts';
import type { Desk } from './desk.svelte.ts';

/** For the palette, the menu and the keys of the whole window. */
export function labelActions(desk: Desk, { project }: ProjectState): Action[] {
  const { labelling } = desk;
  const isSelected = (): boolean => labelling.selection.count > 0;
  return [
    {
      id: 'undo',
      label: text.common.undo,
      keys: 'Mod+Z',
      isPossible: () => labelling.canGo('undo'),
      run: () => void labelling.go('undo'),
    },
    {
      id: 'redo',
      label: text.common.redo,
      keys: 'Mod+Shift+Z',
      isPossible: () => labelling.canGo('redo'),
      run: () => void labelling.go('redo'),
    },
    {
      id: 'next-unlabelled',
      label: text.labels.nextUnlabelled,
      keys: 'Mod+Enter',
      run: () => void desk.goToNext(),
    },
    ...project.classes.map(({ id, name }, index) => ({
      id: `label-${id}`,
      label: text.labels.give(name),
      ...(index < 9 ? { keys: String(index + 1) } : {}),
      isPossible: isSelected,
      run: () => {
        void desk.give(id);
      },
    })),
  ];
}
