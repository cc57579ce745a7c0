import { createContext } from 'svelte';
import { pictureUrl, preparationMark } from '../../../contract/bridge.ts';
import type { WrittenPreparation } from '../../../contract/jobs.ts';

/** URL of an image's picture with the open project's preparation. */
export type PictureSource = (image: number, side: 'thumbnail' | 'whole') => string;

const [source, provide] = createContext<PictureSource>();

/** Provides picture URLs to child components. The URLs change with the preparation. */
export function providePictures(preparation: () => WrittenPreparation): void {
  provide((image, side) => pictureUrl(image, side, preparationMark(preparation())));
}

/** Picture URLs of the context; call it while a component is initialised. */
export function pictureSource(): PictureSource {
  return source();
}
