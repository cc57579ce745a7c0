import { drawView, viewParameters } from '../core/distill/views.ts';
import type { ViewRecipe } from '../core/distill/views.ts';
import type { Raster } from '../core/image/raster.ts';

/** Numbered views of images: the same numbers give the same bytes, whenever they are asked for. */
export interface ViewSource {
  /** Images. */
  readonly count: number;
  /** What decides how views are drawn besides seed and size, as it stands in a run's fingerprint. */
  readonly recipe: object;
  /** (S, S, C) bytes. */
  draw(image: number, view: number): Promise<Uint8Array>;
}

/** Random resized crops of whole images; see core/distill/views. */
export function resizedCrops(
  images: { readonly count: number; get(index: number): Promise<Raster> },
  seed: number,
  recipe: ViewRecipe,
  size: number,
): ViewSource {
  return {
    count: images.count,
    recipe,
    async draw(image, view) {
      const raster = await images.get(image);
      const parameters = viewParameters(seed, image, view, raster.width, raster.height, recipe);
      return drawView(raster, parameters, size).data;
    },
  };
}
