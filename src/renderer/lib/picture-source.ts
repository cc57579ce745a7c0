import { createContext } from 'svelte';
import { pictureUrl, preparationMark } from '../../contract/bridge.ts';
import type { WrittenPreparation } from '../../contract/jobs.ts';

/** The address of an image's picture, as the open project's model sees it now. */
export type PictureSource = (image: number, side: 'thumbnail' | 'whole') => string;

const [source, provide] = createContext<PictureSource>();

/** For the components within; another preparation gives every picture another address. */
export function providePictures(preparation: () => WrittenPreparation): void {
  provide((image, side) => pictureUrl(image, side, preparationMark(preparation())));
}

/** To be asked while a component is made. */
export function pictureSource(): PictureSource {
  return source();
}
