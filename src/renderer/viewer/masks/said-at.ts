import { maskLayer } from '../../../contract/masks.ts';
import { text } from '../../text/index.ts';
import type { Point } from '../geometry.ts';
import type { MaskDesk } from './mask-desk.svelte.ts';

const words = text.masks;

/** What the masks that are shown say of a place; empty where they say nothing. */
export function saidAt(desk: Pick<MaskDesk, 'choices' | 'open' | 'nameOf'>, at: Point): string {
  const owners = maskLayer.options.flatMap((owner) => {
    const value = desk.choices.of(owner).isShown ? desk.open?.valueAt(owner, at) : undefined;
    if (value === undefined || desk.open?.info(owner) === undefined) return [];
    return [{ owner, name: desk.nameOf(value) }];
  });
  const [only] = owners;
  if (owners.length === 1 && only?.owner === 'human') return only.name;
  return owners.map(({ owner, name }) => `${words.layers[owner]}: ${name}`).join(' · ');
}
