import { viewTileSide, type ViewedImage } from '../../contract/image-view.ts';
import type { Point } from './tools/geometry.ts';
import type { Rectangle } from '../../core/mask/tiles.ts';
import type { Layer } from './layer.ts';
import type { Painter } from './painter.ts';
import { ByteCache } from '../../core/byte-cache.ts';
import { wantedTileKey, type WantedTile } from './tiles/tile-loader.ts';
import { levelFor, tileInImage, levelTilesIn, type LevelTile } from './tiles/tile-plan.ts';
import type { TileValues } from './tiles/tile-values.ts';
import type { ViewTransform } from './view-transform.ts';

/** Image with its tile bands and the painter of its values. */
export interface Picture {
  readonly image: ViewedImage;
  /** Bands of its tiles. */
  readonly bands: readonly number[];
  readonly painter: Painter;
}

/** Screen px per image pixel from which pixels are drawn without smoothing. */
const crispFrom = 4;
/** Time budget in ms for painting tiles in one frame; the rest is painted in the next. */
const budget = 24;
/** Largest size of the cache of painted tiles, bytes. */
const paintedCacheBytes = 2 ** 28;

interface PaintedTile {
  readonly canvas: HTMLCanvasElement;
  painter: Painter;
}

/** Draws the loaded tiles of an image, and coarser levels where finer tiles are missing. */
export class ImageLayer implements Layer {
  readonly #values: ByteCache<TileValues>;
  readonly #onmore: () => void;
  readonly #painted = new ByteCache<PaintedTile>(
    paintedCacheBytes,
    ({ canvas }) => canvas.width * canvas.height * 4,
  );
  #picture: Picture | undefined;
  /** Previous picture, drawn until the first tile of the next is loaded, so that scrolling slices does not flicker. */
  #before: Picture | undefined;
  #joined: HTMLCanvasElement | undefined;
  #deadline = 0;
  #isWhole = false;

  /** @param onmore called when a frame had no time to paint all tiles */
  constructor(values: ByteCache<TileValues>, onmore: () => void) {
    this.#values = values;
    this.#onmore = onmore;
  }

  get picture(): Picture | undefined {
    return this.#picture;
  }

  set picture(picture: Picture | undefined) {
    if (this.#picture !== undefined && picture?.image.id !== this.#picture.image.id) {
      this.#before = this.#picture;
    }
    this.#picture = picture;
  }

  draw(context: CanvasRenderingContext2D, view: ViewTransform): void {
    this.#deadline = performance.now() + budget;
    const picture = this.#picture;
    // The view may already be of another image while the picture still waits for statistics.
    const isThere = picture !== undefined && fits(picture, view);
    this.#isWhole = isThere && this.#hasAll(picture, finest(picture, view, pixelsOf(context)));
    if (isThere && this.#drawPicture(context, view, picture)) {
      this.#before = undefined;
    } else if (this.#before !== undefined && fits(this.#before, view)) {
      this.#drawPicture(context, view, this.#before);
    }
  }

  isWhole(): boolean {
    return this.#isWhole;
  }

  /** @returns true if any tile was drawn */
  #drawPicture(context: CanvasRenderingContext2D, view: ViewTransform, picture: Picture): boolean {
    const { levels } = picture.image;
    const pixels = pixelsOf(context);
    const level = levelFor(levels, view, pixels);
    const fine = finest(picture, view, pixels);
    // From the coarsest to the finest level, so that finer tiles cover coarser ones.
    const coarser = this.#hasAll(picture, fine)
      ? []
      : levels
          .keys()
          .filter((one) => one > level)
          .toArray()
          .reverse();
    let isAny = false;
    for (const one of [...coarser, level]) {
      const places = one === level ? fine : placesOf(one, picture, view);
      const there = places.flatMap((place) => this.#ready(picture, place));
      if (there.length === 0) continue;
      isAny = true;
      this.#drawTiles(context, view, picture, one, there);
    }
    return isAny;
  }

  #hasAll(picture: Picture, places: readonly LevelTile[]): boolean {
    return places.every((place) => this.#values.has(wantedTileKey(wanted(picture, place))));
  }

  #drawTiles(
    context: CanvasRenderingContext2D,
    view: ViewTransform,
    picture: Picture,
    level: number,
    tiles: readonly ReadyTile[],
  ): void {
    const { levels } = picture.image;
    const pixels = pixelsOf(context);
    const size = levels[level] ?? picture.image;
    const grown = (view.image.width / size.width) * view.scale * pixels;
    context.imageSmoothingEnabled = view.scale < crispFrom;
    context.imageSmoothingQuality = 'low';
    // Smoothing interpolates between neighbours, so tiles are joined first to avoid seams at their edges.
    if (grown > 1 && view.scale < crispFrom && tiles.length > 1) {
      this.#drawJoined(context, view, picture, level, tiles);
      return;
    }
    for (const { canvas, place } of tiles) {
      const part = view.rectangleToScreen(tileInImage(place, levels, view.image));
      const { x, y, width, height } = snapped(part, pixels);
      context.drawImage(canvas, x, y, width, height);
    }
  }

  #drawJoined(
    context: CanvasRenderingContext2D,
    view: ViewTransform,
    picture: Picture,
    level: number,
    tiles: readonly ReadyTile[],
  ): void {
    const size = picture.image.levels[level] ?? picture.image;
    const [across, down] = [size.width / view.image.width, size.height / view.image.height];
    const { visible } = view;
    const left = Math.max(0, Math.floor(visible.x * across) - 1);
    const top = Math.max(0, Math.floor(visible.y * down) - 1);
    const right = Math.min(size.width, Math.ceil((visible.x + visible.width) * across) + 1);
    const bottom = Math.min(size.height, Math.ceil((visible.y + visible.height) * down) + 1);
    if (right <= left || bottom <= top) return;
    const canvas = (this.#joined ??= document.createElement('canvas'));
    const [width, height] = [right - left, bottom - top];
    if (canvas.width < width) canvas.width = width;
    if (canvas.height < height) canvas.height = height;
    const joined = canvas.getContext('2d');
    if (joined === null) return;
    joined.clearRect(0, 0, width, height);
    for (const { canvas: tile, place } of tiles) {
      joined.drawImage(tile, place.x * viewTileSide - left, place.y * viewTileSide - top);
    }
    const part = view.rectangleToScreen({
      x: left / across,
      y: top / down,
      width: width / across,
      height: height / down,
    });
    context.drawImage(canvas, 0, 0, width, height, part.x, part.y, part.width, part.height);
  }

  /** Painted tile; the previous painting if the frame has no time left, none if there is none. */
  #ready(picture: Picture, place: LevelTile): ReadyTile[] {
    const key = wantedTileKey(wanted(picture, place));
    const painted = this.#painted.get(key);
    if (painted?.painter === picture.painter) return [{ place, canvas: painted.canvas }];
    const values = this.#values.get(key);
    if (values === undefined || performance.now() > this.#deadline) {
      if (values !== undefined) this.#onmore();
      return painted === undefined ? [] : [{ place, canvas: painted.canvas }];
    }
    const canvas = painted?.canvas ?? newCanvas(values);
    paintOn(canvas, values, picture.painter);
    if (painted === undefined) this.#painted.set(key, { canvas, painter: picture.painter });
    else painted.painter = picture.painter;
    return [{ place, canvas }];
  }
}

interface ReadyTile {
  readonly place: LevelTile;
  readonly canvas: HTMLCanvasElement;
}

function wanted({ image, bands }: Picture, place: LevelTile): WantedTile {
  return { ...place, image: image.id, bands };
}

/** Visible tiles of a level. */
function placesOf(level: number, { image }: Picture, view: ViewTransform): LevelTile[] {
  return levelTilesIn(level, image.levels, view.image, view.visible, centreOf(view.visible));
}

/** Visible tiles of the level that matches the screen. @param pixels canvas px per CSS px */
function finest(picture: Picture, view: ViewTransform, pixels: number): LevelTile[] {
  return placesOf(levelFor(picture.image.levels, view, pixels), picture, view);
}

/** Canvas px per CSS px. */
function pixelsOf(context: CanvasRenderingContext2D): number {
  return context.getTransform().a;
}

function fits({ image }: Picture, view: ViewTransform): boolean {
  return image.width === view.image.width && image.height === view.image.height;
}

function newCanvas({ width, height }: TileValues): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  return canvas;
}

function paintOn(canvas: HTMLCanvasElement, values: TileValues, painter: Painter): void {
  // The CPU writes it often, so it stays in main memory instead of on the GPU.
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context === null) return;
  const pixels = new ImageData(values.width, values.height);
  painter.paint(values, new Uint32Array(pixels.data.buffer));
  context.putImageData(pixels, 0, 0);
}

/** Rounds a rectangle to whole canvas pixels, so that there are no seams between neighbouring tiles. */
function snapped({ x, y, width, height }: Rectangle, pixels: number): Rectangle {
  const left = Math.round(x * pixels) / pixels;
  const top = Math.round(y * pixels) / pixels;
  return {
    x: left,
    y: top,
    width: Math.round((x + width) * pixels) / pixels - left,
    height: Math.round((y + height) * pixels) / pixels - top,
  };
}

export function centreOf({ x, y, width, height }: Rectangle): Point {
  return { x: x + width / 2, y: y + height / 2 };
}
