import type { MaskLayer } from '../../contract/masks.ts';
import type { TilePlace } from '../../core/mask/tiles.ts';
import type { MaskRaster } from '../../formats/masks/mask-raster.ts';
import type { Store } from '../../store/store.ts';

/** Returns a stored mask as a raster, with the classes of its project. */
export function workspaceMask(store: Store, image: number, layer: MaskLayer): MaskRaster {
  const { width, height, project } = store.images.get(image);
  const classes = store.classes
    .list(project)
    .flatMap(({ name, colour, maskValue }) =>
      maskValue === null ? [] : [{ value: maskValue, name, colour }],
    );
  let isSound = false;
  const read = (place: TilePlace): Uint8Array | null => {
    // Checked once: reading tile by tile never requests a tile outside.
    if (!isSound) store.masks.requireSound(image, layer);
    isSound = true;
    return store.masks.tiles(image, layer, [place])[0]?.pixels ?? null;
  };
  return {
    width,
    height,
    classes,
    tile: (x, y) => Promise.resolve(read({ x, y })),
  };
}
