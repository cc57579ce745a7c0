import type { ViewedImage } from '../../../../contract/image-view.ts';
import { call } from '../../../lib/client.ts';
import { type ShownBands, shadesOfBands } from '../../display-range.ts';
import { painterOf, tileBands } from '../../painter.ts';
import { tileValues } from '../../tiles/tile-values.ts';
import type { Viewer } from '../../viewer-state.svelte.ts';
import { ShownShades } from './shown-values.ts';

/** Displayed values of a viewer for tools that depend on them, cached while the display is unchanged. */
export class ShownImage {
  readonly #viewer: Viewer;
  #image: ViewedImage | null = null;
  #shown: ShownBands | null = null;
  #shades: ShownShades | undefined;

  constructor(viewer: Viewer) {
    this.#viewer = viewer;
  }

  /** Displayed values; undefined while the display is unknown. */
  get(): ShownShades | undefined {
    const { image, display } = this.#viewer;
    const { shown, figures } = display;
    if (image === null || shown === null) return undefined;
    if (image === this.#image && shown === this.#shown && this.#shades !== undefined) {
      this.#shades.trim();
      return this.#shades;
    }
    const shades = shadesOfBands(shown, image, figures);
    if (shades === null) return undefined;
    const painter = painterOf(shown, image, shades);
    const bands = tileBands(shown, image);
    this.#image = image;
    this.#shown = shown;
    this.#shades = new ShownShades(image, async ({ x, y }) => {
      const tile = tileValues(await call('image.tile', { image: image.id, level: 0, x, y, bands }));
      const pixels = new Uint32Array(tile.width * tile.height);
      painter.paint(tile, pixels);
      return { width: tile.width, height: tile.height, pixels };
    });
    return this.#shades;
  }
}
