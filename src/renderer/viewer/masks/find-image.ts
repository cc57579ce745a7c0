import type { SelectableImages } from '../../lib/images/selectable-images.svelte.ts';

/** Images per page of the list. */
const pageSize = 200;

/** Selects an image; shows all images if the filter hides it. Returns false if it was removed. */
export async function selectImage(images: SelectableImages, id: number): Promise<boolean> {
  let position = images.list.positionOf(id);
  if (position === null) {
    images.show({ show: 'all', search: '' });
    await images.list.renewed();
    position = await positionIn(images, id);
  }
  if (position === null) return false;
  images.selection.pick(position, { shiftKey: false, ctrlKey: false, metaKey: false });
  images.list.need(position, position + 1);
  return true;
}

async function positionIn({ list }: SelectableImages, id: number): Promise<number | null> {
  for (let from = 0; from < (list.total ?? 0); from += pageSize) {
    await list.resolve([{ from, to: from + 1 }]);
    const position = list.positionOf(id);
    if (position !== null) return position;
  }
  return null;
}
