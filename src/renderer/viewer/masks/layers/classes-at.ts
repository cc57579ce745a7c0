import { maskLayer } from '../../../../contract/masks.ts';
import { text } from '../../../text/index.ts';
import type { Point } from '../../tools/geometry.ts';
import type { MaskEditor } from '../mask-editor.svelte.ts';

const words = text.masks;

/** Text of the shown masks' classes at a point; empty if there is none. */
export function classesAt(
  editor: Pick<MaskEditor, 'choices' | 'open' | 'nameOf'>,
  at: Point,
): string {
  const owners = maskLayer.options.flatMap((owner) => {
    const value = editor.choices.of(owner).isShown ? editor.open?.valueAt(owner, at) : undefined;
    if (value === undefined || editor.open?.info(owner) === undefined) return [];
    return [{ owner, name: editor.nameOf(value) }];
  });
  const [only] = owners;
  if (owners.length === 1 && only?.owner === 'human') return only.name;
  return owners.map(({ owner, name }) => `${words.layers[owner]}: ${name}`).join(' · ');
}
