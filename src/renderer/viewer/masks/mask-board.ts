import { type Paint, paintOver } from '../../../core/mask/edit.ts';
import { type Corner, polygonRuns } from '../../../core/mask/polygon.ts';
import { valueAt } from '../../../core/mask/sparse-mask.ts';
import { tileSide, type Size } from '../../../core/mask/tiles.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';
import type { Point } from '../tools/geometry.ts';
import type { Stage } from '../stage.ts';
import { ignoreColour, type Rgb } from './layers/colouring.ts';
import { lateStroke } from './edits/late-stroke.ts';
import type { LayerName } from './layers/layer-choices.svelte.ts';
import type { MaskPainter, RegionProblem, ShownValues, Stroke } from './edits/painter.ts';
import type { LayerSituation } from './layers/shown-layers.ts';
import { noneStroke } from './suggesting.svelte.ts';
import type { ToolSettings } from './tool-settings.svelte.ts';
import type { Board, OpenShape, StrokeKind } from './tools/board.ts';

const words = text.masks;

export interface BoardSituation extends LayerSituation {
  /** Edits the mask of the shown image, now or once it is open. */
  edit(work: (painter: MaskPainter) => void): void;
  /** Keeps the window from closing until `work` settles, which leads to an edit. */
  hold<T>(work: Promise<T>): Promise<T>;
  readonly settings: ToolSettings;
  openShape: OpenShape;
  /** Displayed values of the open image, for tools that depend on them; undefined while unknown. */
  shown(): ShownValues | undefined;
}

const eraserColour: Rgb = [255, 255, 255];

/** Painting target of the tools: the mask of the open image, with the chosen class. */
export class MaskBoard implements Board {
  protected readonly situation: BoardSituation;

  constructor(situation: BoardSituation) {
    this.situation = situation;
  }

  get size(): number {
    return this.situation.settings.size;
  }

  get usesPressure(): boolean {
    return this.situation.settings.usesPressure;
  }

  resize(stage: Stage, direction: 1 | -1): void {
    this.situation.settings.step(direction);
    stage.invalidate('interaction');
  }

  colour(isErasing: boolean): Rgb {
    const { colours, settings } = this.situation;
    return isErasing ? eraserColour : (colours.get(settings.value) ?? ignoreColour);
  }

  begin({ isErasing, isThreshold, at }: StrokeKind): Stroke | undefined {
    const paint = this.paint(isErasing);
    if (!isThreshold) return this.#begin(paint);
    const shown = this.situation.shown();
    if (shown === undefined) return undefined;
    const { settings } = this.situation;
    const begin = (): Stroke => {
      const { low, high } = settings;
      return this.#begin({ ...paint, within: { values: shown, low, high } }, shown);
    };
    if (!settings.isPicked || !isInside(at, shown.size)) return begin();
    const pick = (): void => {
      const seen = valueAt(shown, Math.floor(at.x), Math.floor(at.y));
      if (seen !== undefined) settings.pickRange(seen);
    };
    if (shown.tile(tileAt(at)) !== undefined) {
      pick();
      return begin();
    }
    // The stroke waits until the shade under the cursor is loaded.
    return lateStroke((begun) => {
      const picked = shown.load([tileAt(at)]).then(() => {
        pick();
        begun(begin());
      });
      void this.situation.hold(picked).catch(notifyFailure);
    });
  }

  outline(shape: OpenShape): void {
    this.situation.openShape = shape;
  }

  polygon(corners: readonly Corner[], isErasing: boolean): void {
    const stroke = this.#begin(this.paint(isErasing));
    stroke.draw((take) => {
      polygonRuns(corners, take);
    });
    stroke.end();
  }

  fill({ x, y }: Point, isErasing: boolean): void {
    const paint = this.paint(isErasing);
    this.reveal('human');
    this.situation.edit((painter) => {
      void painter.fill(paint, Math.floor(x), Math.floor(y)).then(notifyProblem, notifyFailure);
    });
  }

  pick({ x, y }: Point, isErasing: boolean): void {
    const { tolerance } = this.situation.settings;
    const paint = this.paint(isErasing);
    const shown = this.situation.shown();
    if (shown === undefined || !isInside({ x, y }, shown.size)) return;
    this.reveal('human');
    this.situation.edit((painter) => {
      const region = painter.pick(paint, shown, Math.floor(x), Math.floor(y), tolerance);
      void region.then(notifyProblem, notifyFailure);
    });
  }

  /** Begins a stroke, which may start before the engine has opened the mask. */
  #begin(paint: Paint, shown?: ShownValues): Stroke {
    this.reveal('human');
    return lateStroke((begun) => {
      this.situation.edit((painter) => {
        begun(painter.begin(paint, shown));
      });
    });
  }

  /** Shows a hidden layer, so that painting is visible. */
  protected reveal(layer: LayerName): void {
    const { choices } = this.situation;
    if (!choices.of(layer).isShown) choices.change(layer, { isShown: true });
  }

  protected paint(isErasing: boolean): Paint {
    const { value, guard, locked } = this.situation.settings;
    // Erasing with the guard for background would have no effect.
    const wanted = guard === 'background' && !isErasing ? 'background' : 'everything';
    return { value: isErasing ? 0 : value, over: paintOver(wanted, locked) };
  }
}

/** Painting target of suggestion strokes. The eraser marks pixels that have none of the classes. */
export class StrokeBoard extends MaskBoard {
  override begin({ isErasing }: StrokeKind): Stroke | undefined {
    const { value } = this.situation.settings;
    this.reveal('suggestion');
    return this.situation.suggesting?.painter.begin({
      value: isErasing ? noneStroke : value,
      over: paintOver('everything'),
    });
  }
}

function isInside({ x, y }: Point, { width, height }: Size): boolean {
  return x >= 0 && y >= 0 && x < width && y < height;
}

function tileAt({ x, y }: Point): Point {
  return { x: Math.floor(x / tileSide), y: Math.floor(y / tileSide) };
}

function notifyProblem(problem: RegionProblem | null | undefined): void {
  if (problem === 'too-large') notices.add('attention', words.regionTooLarge);
}

function notifyFailure(error: unknown): void {
  notices.fail(error);
}
