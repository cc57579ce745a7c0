import { text } from '../../text/index.ts';
import type { Point } from '../geometry.ts';
import type { MaskDesk } from './mask-desk.svelte.ts';

/** What the masks that are shown say of a place; empty where they say nothing. */
export function saidAt({ choices, open, nameOf }: MaskDesk, at: Point): string {
  const owners = (['human', 'teacher', 'student'] as const).flatMap((owner) => {
    const value = choices.of(owner).isShown ? open?.valueAt(owner, at) : undefined;
    if (value === undefined || open?.info(owner) === undefined) return [];
    return [{ owner, name: nameOf(value) }];
  });
  const [only] = owners;
  if (owners.length === 1 && only?.owner === 'human') return only.name;
  return owners.map(({ owner, name }) => `${text.masks.layers[owner]}: ${name}`).join(' · ');
}
