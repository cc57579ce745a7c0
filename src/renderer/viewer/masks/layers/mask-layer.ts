import { levelKey, readArea } from '../../../../core/mask/area.ts';
import { outlineEdges } from '../../../../core/mask/outline.ts';
import { blankTile } from '../../../../core/mask/sparse-mask.ts';
import type { TiledValues } from '../../../../core/mask/sparse-mask.ts';
import { tilesIn, tileSide, type Size, type Rectangle } from '../../../../core/mask/tiles.ts';
import type { TilePlace } from '../../../../core/mask/tiles.ts';
import { intersection, union } from '../../tools/geometry.ts';
import type { Layer } from '../../layer.ts';
import type { ViewTransform } from '../../view-transform.ts';
import { coloured, inksOf, type Look, type Rgb } from './colouring.ts';
import { coarsestLevel } from './layer-tiles.ts';

/** Source of a layer's values. */
export interface LayerSource {
  /** Values at a level; empty tiles are `blankTile`. */
  at(level: number): TiledValues;
  want(level: number, place: TilePlace): void;
}

/** Display settings of a layer. */
export interface LayerChoice {
  readonly colours: ReadonlyMap<number, Rgb>;
  /** Opacity of fills, in [0, 1]. */
  readonly opacity: number;
  readonly hasOutline: boolean;
  readonly hasHatch: boolean;
}

interface Canvas {
  readonly canvas: OffscreenCanvas;
  readonly context: OffscreenCanvasRenderingContext2D;
  /** Part that must be coloured again, px of the tile. */
  stale: Rectangle | undefined;
  /** Version of the look it was coloured with, and frame in which it was last drawn. */
  version: number;
  drawn: number;
}

const whole: Rectangle = { x: 0, y: 0, width: tileSide, height: tileSide };

/** Screen px per image pixel from which outlines are drawn as lines instead of pixels. */
const linesFrom = 3;
/** Width of outlines, CSS px. */
const lineWidth = 1.5;
/** Largest number of cached canvases, of 1 MiB each. */
const mostCanvases = 64;

/** Draws a mask over an image, with one coloured canvas per tile, of which only changed parts are coloured again. */
export class MaskOverlay implements Layer {
  readonly #source: LayerSource;
  readonly #choice: () => LayerChoice;
  readonly #canvases = new Map<string, Canvas>();
  #look: Look | undefined;
  #lookKey = '';
  #inks: ReturnType<typeof inksOf> | undefined;
  #version = 0;
  #frame = 0;
  /** Tiles that were missing at the last drawing, by key, each with a function that returns whether it is loaded. */
  readonly #missing = new Map<string, () => boolean>();

  constructor(source: LayerSource, choice: () => LayerChoice) {
    this.#source = source;
    this.#choice = choice;
  }

  /** Marks a part of the mask as changed, px of the image at full resolution. */
  changed(part: Rectangle): void {
    for (const [key, canvas] of this.#canvases) {
      const [level = 0, tile = 0] = key.split(':').map(Number);
      const step = 2 ** level;
      const [column, row] = [tile % 2 ** 21, Math.floor(tile / 2 ** 21)];
      // Neighbouring pixels may have become border pixels, or ceased to be.
      const left = Math.floor(part.x / step) - 1 - column * tileSide;
      const top = Math.floor(part.y / step) - 1 - row * tileSide;
      const right = Math.ceil((part.x + part.width) / step) + 1 - column * tileSide;
      const bottom = Math.ceil((part.y + part.height) / step) + 1 - row * tileSide;
      const stale = intersection(
        { x: left, y: top, width: right - left, height: bottom - top },
        whole,
      );
      if (stale !== undefined) canvas.stale = canvas.stale ? union(canvas.stale, stale) : stale;
    }
  }

  draw(context: CanvasRenderingContext2D, view: ViewTransform, dirty: Rectangle): void {
    const pixels = window.devicePixelRatio;
    const level = maskLevelFor(view.scale * pixels);
    const scale = view.scale * 2 ** level;
    const choice = this.#choice();
    this.#become(choice, scale * pixels);
    const values = this.#source.at(level);
    const part = scaled(view.rectangleToImage(dirty), 2 ** -level);
    this.#frame++;
    if (covers(dirty, view.room)) this.#missing.clear();
    context.imageSmoothingEnabled = false;
    for (const place of tilesIn(roundedOut(part), values.size)) {
      const tile = values.tile(place);
      if (tile === undefined) this.#await(level, place);
      if (tile === undefined || tile === blankTile) continue;
      const { canvas } = this.#canvas(level, place, values);
      const side = tileSide * 2 ** level;
      const box = view.rectangleToScreen({
        x: place.x * side,
        y: place.y * side,
        width: side,
        height: side,
      });
      // Rounds to whole screen px, to avoid seams between tiles.
      const snap = (edge: number): number => Math.round(edge * pixels) / pixels;
      const [left, top] = [snap(box.x), snap(box.y)];
      const [width, height] = [snap(box.x + box.width) - left, snap(box.y + box.height) - top];
      context.drawImage(canvas, left, top, width, height);
    }
    if (choice.hasOutline && scale * pixels >= linesFrom) {
      this.#drawLines(context, view, part, values, choice);
    }
    this.#forget();
  }

  isWhole(): boolean {
    return this.#missing.values().every((isHere) => isHere());
  }

  #await(level: number, place: TilePlace): void {
    this.#missing.set(
      levelKey(level, place),
      () => this.#source.at(level).tile(place) !== undefined,
    );
    this.#source.want(level, place);
  }

  /** Draws outlines of constant width on screen inside the regions. Used at full resolution only. */
  #drawLines(
    context: CanvasRenderingContext2D,
    view: ViewTransform,
    part: Rectangle,
    values: TiledValues,
    { colours }: LayerChoice,
  ): void {
    const { x, y, width, height } = roundedOut(part);
    const image = { x: -1, y: -1, width: values.size.width + 2, height: values.size.height + 2 };
    const around = intersection(
      { x: x - 1, y: y - 1, width: width + 2, height: height + 2 },
      image,
    );
    if (around === undefined) return;
    let last = 0;
    outlineEdges(readArea(values, around), (value, side, column, row, length) => {
      const colour = colours.get(value);
      if (colour === undefined) return;
      if (value !== last) context.fillStyle = `rgb(${colour.join()})`;
      last = value;
      const isRow = side === 'top' || side === 'bottom';
      const box = view.rectangleToScreen({
        x: column,
        y: row,
        width: isRow ? length : 1,
        height: isRow ? 1 : length,
      });
      const right = side === 'right' ? box.width - lineWidth : 0;
      const down = side === 'bottom' ? box.height - lineWidth : 0;
      context.fillRect(
        box.x + right,
        box.y + down,
        isRow ? box.width : lineWidth,
        isRow ? lineWidth : box.height,
      );
    });
  }

  /** Coloured canvas of a tile. */
  #canvas(level: number, place: TilePlace, values: TiledValues): Canvas {
    const key = levelKey(level, place);
    const found = this.#canvases.get(key) ?? newCanvas();
    this.#canvases.set(key, found);
    if (found.version !== this.#version) found.stale = whole;
    found.version = this.#version;
    found.drawn = this.#frame;
    const { stale } = found;
    if (stale !== undefined && this.#look !== undefined && this.#inks !== undefined) {
      const area = readArea(values, {
        x: place.x * tileSide + stale.x - 1,
        y: place.y * tileSide + stale.y - 1,
        width: stale.width + 2,
        height: stale.height + 2,
      });
      const image = new ImageData(coloured(area, this.#look, this.#inks), stale.width);
      found.context.putImageData(image, stale.x, stale.y);
      found.stale = undefined;
    }
    return found;
  }

  /** Updates the look; a change makes every canvas stale. */
  #become({ colours, opacity, hasOutline, hasHatch }: LayerChoice, scale: number): void {
    // Keeps hatch lines at a similar distance on screen at any zoom, as far as whole pixels allow.
    const hatch = hasHatch ? ([8, 4].find((period) => period * scale <= 20) ?? 2) : 0;
    const hasBorders = hasOutline && scale < linesFrom;
    const key = JSON.stringify([[...colours], opacity, hasBorders, hatch]);
    if (key === this.#lookKey) return;
    this.#lookKey = key;
    this.#look = { colours, opacity, hasBorders, hatch };
    this.#inks = inksOf(this.#look);
    this.#version++;
  }

  /** Evicts the canvases that were not drawn for longest. */
  #forget(): void {
    if (this.#canvases.size <= mostCanvases) return;
    const byUse = [...this.#canvases].sort(([, one], [, other]) => one.drawn - other.drawn);
    for (const [key, { drawn }] of byUse.slice(0, this.#canvases.size - mostCanvases)) {
      if (drawn < this.#frame) this.#canvases.delete(key);
    }
  }
}

/** Level whose pixels are between one and two screen px, or the finest. */
export function maskLevelFor(scale: number): number {
  return Math.min(coarsestLevel, Math.max(0, Math.floor(Math.log2(1 / scale))));
}

function covers({ x, y, width, height }: Rectangle, room: Size): boolean {
  return x <= 0 && y <= 0 && x + width >= room.width && y + height >= room.height;
}

function scaled({ x, y, width, height }: Rectangle, by: number): Rectangle {
  return { x: x * by, y: y * by, width: width * by, height: height * by };
}

function roundedOut({ x, y, width, height }: Rectangle): Rectangle {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  return {
    x: left,
    y: top,
    width: Math.ceil(x + width) - left,
    height: Math.ceil(y + height) - top,
  };
}

function newCanvas(): Canvas {
  const canvas = new OffscreenCanvas(tileSide, tileSide);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('canvas: no 2d context');
  return { canvas, context, stale: whole, version: -1, drawn: 0 };
}
