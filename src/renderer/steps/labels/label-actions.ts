import type { Action } from '../../lib/keys/actions.svelte.ts';
import { keymap } from '../../lib/keys/keymap.svelte.ts';
import { classKeys } from '../../lib/keys/keymap-table.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';
import { text } from '../../text/index.ts';
import type { LabelsView } from './labels-view.svelte.ts';

/** Actions of the labels step for the palette, the menu and the window's keys. */
export function labelActions(view: LabelsView, { project }: ProjectState): Action[] {
  const { labelling } = view;
  const isSelected = (): boolean => labelling.selection.count > 0;
  return [
    {
      id: 'undo',
      label: text.common.undo,
      keys: keymap.label('undo'),
      isPossible: () => labelling.canGo('undo'),
      run: () => void labelling.go('undo'),
    },
    {
      id: 'redo',
      label: text.common.redo,
      keys: keymap.label('redo'),
      isPossible: () => labelling.canGo('redo'),
      run: () => void labelling.go('redo'),
    },
    {
      id: 'next-unlabelled',
      label: labelling.isReviewing ? text.review.show : text.labels.nextUnlabelled,
      keys: keymap.label('accept'),
      run: () => void view.goToNext(),
    },
    ...project.classes.map(({ id, name }, index) => ({
      id: `label-${id}`,
      label: text.labels.give(name),
      keys: classKeys[index] && keymap.label(classKeys[index]),
      isPossible: isSelected,
      run: () => {
        void view.give(id);
      },
    })),
  ];
}
