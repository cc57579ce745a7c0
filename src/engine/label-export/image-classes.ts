import type { ExportedMasks } from '../../contract/label-export.ts';
import { ignoreValue } from '../../core/mask/tiles.ts';
import type { StoredImage } from '../../store/queries/images.ts';
import type { Store } from '../../store/store.ts';

/** Names of an image's classes, empty if it shows none; null if the image is unlabelled. */
export type ClassesOf = (image: StoredImage) => readonly string[] | null;

/** Classes that the user assigned to whole images. */
export function givenClasses(store: Store, project: number): ClassesOf {
  const names = new Map(store.classes.list(project).map(({ id, name }) => [id, name]));
  return ({ isLabelled, classes }) =>
    isLabelled ? classes.map((id) => names.get(id) ?? '') : null;
}

/**
 * Classes that the user's masks show. An image without a mask is unlabelled, and so is one whose pixels are all
 * unknown.
 */
export function markedClasses(store: Store, project: number, which: ExportedMasks): ClassesOf {
  const states = store.masks.marked(project, 'human');
  const names = new Map(
    store.classes
      .list(project)
      .flatMap(({ name, maskValue }) => (maskValue === null ? [] : [[maskValue, name] as const])),
  );
  return ({ id, width, height }) => {
    const state = states.get(id);
    if (state === undefined || (which === 'done' && state !== 'done')) return null;
    const histogram = store.masks.get(id, 'human')?.histogram ?? [];
    const ignored = histogram.find(({ value }) => value === ignoreValue)?.pixels ?? 0;
    if (ignored === width * height) return null;
    return histogram.flatMap(({ value }) => names.get(value) ?? []);
  };
}
