import type { BandStatistics, ViewedImage } from '../../contract/image-view.ts';
import type { WrittenPreparation } from '../../contract/jobs.ts';
import { call, listen } from '../lib/client.ts';
import { count } from '../lib/format.ts';
import { hasMod } from '../lib/keys.ts';
import {
  areAlike,
  isExact,
  modelShown,
  sharesOf,
  shadesOf,
  type DecidedRange,
  type Shown,
  windowOf,
} from './display-range.ts';
import type { Point } from './geometry.ts';
import { ImageFacts } from './image-facts.ts';
import { centreOf, ImageLayer, type Picture } from './image-layer.ts';
import { aspectOf, distance, writtenLength } from './measure.ts';
import { type Line, measureTool } from './measure-tool.ts';
import { painterOf, tileBands } from './painter.ts';
import { panTool } from './pan-tool.ts';
import { readingAt, type Reading } from './readout.ts';
import { neighbours, SliceWheel } from './slices.ts';
import { Stage } from './stage.ts';
import { newTileCache } from './tile-cache.ts';
import { TileLoader, type WantedTile } from './tile-loader.ts';
import { tilesFor } from './tile-plan.ts';
import { tileValues } from './tile-values.ts';
import type { Tool } from './tool.ts';
import { ToolInput } from './tool-input.ts';
import { type ViewTransform, wheelFactor } from './view-transform.ts';
import { windowTool } from './window-tool.ts';

/** What somebody chose to see in place of what the model sees. */
interface Choice {
  readonly bands: readonly number[] | null;
  readonly range: DecidedRange | null;
}

const asModel: Choice = { bands: null, range: null };
/** Slices that are fetched before they are asked for. */
const readAhead = 3;
/** Decoded pixels of an image that is fetched ahead: past them it takes seconds. */
const aheadPixels = 16e6;

/** One image looked at: what is shown of it, with which tool, and its place in a stack. */
export class Viewer {
  image: ViewedImage | null = $state.raw(null);
  /** The image that is asked for, before it is there. */
  wanted: number | null = $state(null);
  failure: string | null = $state(null);
  view: ViewTransform | null = $state.raw(null);
  tool: Tool = $state.raw(panTool());
  stack: readonly number[] = $state.raw([]);
  reading: Reading | null = $state.raw(null);
  figures: readonly BandStatistics[] | null = $state.raw(null);
  /** Of smaller copies of a very large image, in [0, 1]; null: none are being made. */
  progress: number | null = $state(null);
  isDragging = $state(false);
  line: Line | null = $state.raw(null);
  #choice: Choice = $state.raw(asModel);
  #preparation: WrittenPreparation = $state.raw({ range: 'auto' });
  /** What the project's model sees of this image; null where it has not the bands. */
  readonly model: Shown | null = $derived(this.image === null ? null : this.#modelOf(this.image));
  readonly shown: Shown | null = $derived.by(() => this.#shownOf(this.image, this.model));
  /** Whether the eye sees something else than the model. */
  readonly isOwnDisplay = $derived(
    this.shown !== null && (this.model === null || !areAlike(this.shown, this.model)),
  );
  readonly window = $derived(
    this.shown === null || this.image === null
      ? null
      : windowOf(this.shown, this.image, this.figures),
  );
  #isStageDrawn = $state(false);
  /** Whether figures of the image are waited for, without which it is not known how it is to look. */
  #isLookUnknown = $state(false);
  /** Whether the stage shows all that there is to see of the image that is asked for. */
  readonly isDrawn = $derived(
    this.#isStageDrawn && !this.#isLookUnknown && this.image?.id === this.wanted,
  );
  readonly slice = $derived(this.image === null ? -1 : this.stack.indexOf(this.image.id));

  /** While the component is in sight. */
  stage: Stage | null = $state.raw(null);
  readonly pan: Tool;
  readonly windowing: Tool;
  readonly measure: Tool;
  readonly #facts = new ImageFacts();
  readonly #values = newTileCache();
  readonly #layer: ImageLayer;
  readonly #loader: TileLoader;
  readonly #wheel = new SliceWheel();
  #input: ToolInput | null = null;
  #disposers: (() => void)[] = [];
  #direction: 1 | -1 = 1;
  #ahead: WantedTile[] = [];
  #pointer: { readonly screen: Point; readonly image: Point } | null = null;
  #figuresOf: string | null = null;
  /** A stack is found by looking into the files beside an image, which may be many. */
  #stacking = new AbortController();

  constructor() {
    this.pan = this.tool;
    this.windowing = windowTool({
      now: () => this.window,
      least: () => this.#leastStep(),
      set: (window) => {
        this.setWindow(window.center, window.width);
      },
      drag: (isOn) => {
        this.isDragging = isOn;
      },
    });
    this.measure = measureTool({
      line: () => this.line,
      set: (line) => {
        this.line = line;
      },
      written: (line) => this.lengthOf(line),
    });
    this.#layer = new ImageLayer(this.#values, () => this.stage?.invalidate('image'));
    this.#loader = new TileLoader(this.#values, fetchTile, {
      oncome: (tile) => {
        if (tile.image === this.image?.id) this.stage?.invalidate('image');
        this.#read();
      },
      onfail: (image, error) => {
        if (image === this.image?.id) this.failure = sentenceOf(error);
      },
    });
  }

  /** Draws on an element until the function that it returns is called. */
  attach(host: HTMLElement): () => void {
    const stage = new Stage(host, this.image ?? { width: 1, height: 1 });
    this.stage = stage;
    stage.ondrawn = (isDrawn) => {
      this.#isStageDrawn = isDrawn;
    };
    stage.arrange('image', [this.#layer]);
    stage.arrange('interaction', [{ draw: (...all) => this.tool.draw?.(...all) }]);
    this.#input = new ToolInput(stage, {
      current: () => this.tool,
      pan: this.pan,
      secondary: this.windowing,
      onwheel: (event) => {
        this.#turn(event);
      },
    });
    const onmove = (event: PointerEvent): void => {
      this.#follow(event);
    };
    host.addEventListener('pointermove', onmove);
    host.addEventListener('pointerleave', onmove);
    this.#disposers = [
      stage.follow((view) => {
        this.view = view;
        this.#want();
        this.#read();
      }),
      listen('image.levels', ({ image, done, total }) => {
        if (image === this.image?.id) this.progress = done < total ? done / total : null;
      }),
      () => {
        host.removeEventListener('pointermove', onmove);
        host.removeEventListener('pointerleave', onmove);
      },
    ];
    if (this.image !== null) stage.view = stage.view.ofImage(this.image, aspectOf(this.image));
    return () => {
      for (const dispose of this.#disposers) dispose();
      this.#input?.dispose();
      this.#loader.dispose();
      this.#stacking.abort();
      stage.dispose();
      this.#input = null;
      this.stage = null;
      this.#isStageDrawn = false;
    };
  }

  /** What the project's model sees: the viewer begins with it, and follows it. */
  follow(preparation: WrittenPreparation): void {
    this.#preparation = preparation;
    this.#refresh();
  }

  /** Shows an image; what was chosen to see stays where it fits. */
  async open(id: number): Promise<void> {
    if (this.wanted === id) return;
    this.wanted = id;
    this.failure = null;
    this.progress = null;
    try {
      const image = await this.#facts.image(id);
      if (this.wanted !== id) return;
      this.#showImage(image);
      if (!this.stack.includes(id)) void this.#findStack(id);
      else void this.#lookAhead();
    } catch (error) {
      if (this.wanted === id) this.failure = sentenceOf(error);
    }
  }

  /** A tool is taken in hand. */
  take(tool: Tool): void {
    const before = this.tool;
    if (before === tool) return;
    this.tool = tool;
    this.#input?.change(before, tool);
    this.stage?.invalidate('interaction');
  }

  setWindow(center: number, width: number): void {
    if (this.image === null) return;
    const kind = isExact(this.image) ? 'exact-window' : 'window';
    const isWhole = kind === 'window';
    const range: DecidedRange = isWhole
      ? { kind, center: Math.round(center), width: Math.max(1, Math.round(width)) }
      : { kind: 'exact-window', center, width };
    this.setRange(range);
  }

  setRange(range: DecidedRange): void {
    this.#choice = { ...this.#choice, range };
    this.#refresh();
  }

  /** From 0; null: the model's. */
  setBands(bands: readonly number[] | null): void {
    this.#choice = { ...this.#choice, bands };
    this.#refresh();
  }

  /** Shows again what the model sees. */
  reset(): void {
    this.#choice = asModel;
    this.#refresh();
  }

  set isSpaceHeld(isHeld: boolean) {
    if (this.#input !== null) this.#input.isSpaceHeld = isHeld;
  }

  /** Ends the stroke that is being drawn: what was drawn stays. */
  finishStroke(): void {
    this.#input?.finish();
  }

  /** What Esc does before it closes: true if something was undone by it. */
  escape(event: KeyboardEvent): boolean {
    if (this.#input?.cancel() === true) return true;
    return this.stage !== null && this.tool.key?.(event, this.stage) === true;
  }

  zoom(factor: number): void {
    if (this.stage !== null) this.stage.view = this.stage.view.zoomedBy(factor);
  }

  fit(): void {
    if (this.stage !== null) this.stage.view = this.stage.view.fit();
  }

  /** A pixel of the image a pixel of the screen. */
  actualSize(): void {
    if (this.stage === null) return;
    const at = this.#pointer?.screen;
    this.stage.view = this.stage.view.zoomedTo(1 / window.devicePixelRatio, at);
  }

  move(dx: number, dy: number): void {
    if (this.stage !== null) this.stage.view = this.stage.view.movedBy(dx, dy);
  }

  /** The slice so many further in the stack, or back; null at its end. */
  sliceAt(by: number): number | null {
    if (this.slice < 0 || this.stack.length < 2) return null;
    this.#direction = by < 0 ? -1 : 1;
    const to = Math.min(this.stack.length - 1, Math.max(0, this.slice + by));
    return to === this.slice ? null : (this.stack[to] ?? null);
  }

  /** Images that are likely to be looked at next. */
  ahead: readonly number[] = [];
  /** Told of slices that the wheel turns to. */
  onslice: (by: number) => void = () => undefined;

  lengthOf({ from, to }: Line): string {
    if (this.image === null) return '';
    const { value, unit } = writtenLength(distance(from, to, this.image));
    const written = value < 1000 ? value.toFixed(value < 10 ? 2 : 1) : count(value);
    return `${written} ${unit}`;
  }

  #showImage(image: ViewedImage): void {
    const isOther = image.id !== this.image?.id;
    const show = (): void => {
      this.#takeImage(image);
    };
    if (isOther && this.#input !== null) this.#input.renew(show);
    else show();
  }

  #takeImage(image: ViewedImage): void {
    this.image = image;
    this.line = null;
    this.figures = null;
    this.#figuresOf = null;
    this.#ahead = [];
    if (this.stage !== null) {
      this.stage.view = this.stage.view.ofImage(image, aspectOf(image));
      for (const plane of ['image', 'overlays', 'interaction'] as const)
        this.stage.invalidate(plane);
    }
    this.#refresh();
  }

  async #findStack(id: number): Promise<void> {
    this.stack = [id];
    this.#stacking.abort();
    this.#stacking = new AbortController();
    try {
      const stack = await call('image.stack', { image: id }, this.#stacking.signal);
      if (this.image?.id !== id) return;
      this.stack = stack;
      void this.#lookAhead();
    } catch {
      // It is looked at alone then; what is wrong with its file shows there.
    }
  }

  /** Fetches what is next in the stack. */
  async #lookAhead(): Promise<void> {
    const { image } = this;
    if (image === null || image.width * image.height > aheadPixels) return;
    const near = [
      ...neighbours(this.stack, image.id, this.#direction, readAhead),
      ...this.ahead,
    ].filter((id, index, all) => all.indexOf(id) === index);
    const ahead: WantedTile[] = [];
    for (const id of near) {
      const next = await this.#facts.image(id).catch(() => null);
      if (next === null || this.image?.id !== image.id) return;
      const shown = this.#shownOf(next, this.#modelOf(next));
      const isLarge = next.width * next.height > aheadPixels;
      if (shown === null || this.view === null || isLarge) continue;
      if (sharesOf(shown, next) !== null) void this.#facts.figures(next, shown).catch(() => null);
      const view = this.view.ofImage(next, aspectOf(next));
      const { places } = tilesFor(next.levels, view, pixels(), centreOf(view.visible));
      const bands = tileBands(shown, next);
      ahead.push(...places.map((place) => ({ ...place, image: id, bands })));
    }
    this.#ahead = ahead;
    this.#want();
  }

  #modelOf(image: ViewedImage): Shown | null {
    try {
      return modelShown(image, this.#preparation);
    } catch {
      return null;
    }
  }

  /** What is chosen, where the image has it, else what the model sees. */
  #shownOf(image: ViewedImage | null, model: Shown | null): Shown | null {
    if (image === null) return null;
    const { bands, range } = this.#choice;
    const fitting = bands?.every((band) => band < image.bands) === true ? bands : null;
    return {
      bands: fitting ?? model?.bands ?? [0],
      range: range ?? model?.range ?? { kind: 'full' },
    };
  }

  /** After a change of what is shown. */
  #refresh(): void {
    const { image, shown } = this;
    if (image === null || shown === null) return;
    const key = `${image.id} ${shown.bands.join()} ${String(sharesOf(shown, image))}`;
    if (key !== this.#figuresOf) void this.#askFigures(key, image, shown);
    const shades = shadesOf(shown, image, key === this.#figuresOf ? this.figures : null);
    this.#isLookUnknown = shades === null;
    if (shades === null) return;
    const picture: Picture = {
      image,
      bands: tileBands(shown, image),
      painter: painterOf(shown, image, shades),
    };
    this.#layer.picture = picture;
    this.stage?.invalidate('image');
    this.#want();
  }

  async #askFigures(key: string, image: ViewedImage, shown: Shown): Promise<void> {
    try {
      const figures = await this.#facts.figures(image, shown);
      const { shown: now } = this;
      if (this.image !== image || now === null) return;
      if (key !== `${image.id} ${now.bands.join()} ${String(sharesOf(now, image))}`) return;
      this.#figuresOf = key;
      this.figures = figures;
      if (sharesOf(now, image) !== null) this.#refresh();
    } catch (error) {
      if (this.image === image) this.failure = sentenceOf(error);
    }
  }

  #want(): void {
    const picture = this.#layer.picture;
    const { view, image } = this;
    if (picture === undefined || view === null || image === null) return;
    if (picture.image !== image) return;
    const nearest = this.#pointer?.image ?? centreOf(view.visible);
    const { places } = tilesFor(image.levels, view, pixels(), nearest);
    const { bands } = picture;
    this.#loader.want([
      ...places.map((place) => ({ ...place, image: image.id, bands })),
      ...this.#ahead,
    ]);
  }

  #turn(event: WheelEvent): void {
    const { stage } = this;
    if (stage === null) return;
    // Two fingers that pinch come as a turn with Ctrl, on a Mac too.
    if (this.stack.length > 1 && !hasMod(event) && !event.ctrlKey) {
      const by = this.#wheel.turn(event.deltaY, event.timeStamp);
      if (by !== 0) this.onslice(by);
      return;
    }
    const box = stage.element.getBoundingClientRect();
    const at = { x: event.clientX - box.left, y: event.clientY - box.top };
    stage.view = stage.view.zoomedBy(wheelFactor(event.deltaY), at);
  }

  #follow(event: PointerEvent): void {
    const { stage } = this;
    if (stage === null) return;
    if (event.type === 'pointerleave') {
      this.#pointer = null;
    } else {
      const box = stage.element.getBoundingClientRect();
      const screen = { x: event.clientX - box.left, y: event.clientY - box.top };
      this.#pointer = { screen, image: stage.view.toImage(screen) };
    }
    this.#read();
  }

  #read(): void {
    const picture = this.#layer.picture;
    const screen = this.#pointer?.screen;
    this.reading =
      picture === undefined || screen === undefined || this.view === null
        ? null
        : readingAt(this.view.toImage(screen), picture, this.#values);
  }

  #leastStep(): number {
    if (this.image === null || !isExact(this.image)) return 1;
    const [first] = this.figures ?? [];
    return first === undefined ? 1e-3 : Math.max(1e-12, (first.greatest - first.least) / 1e4);
  }
}

async function fetchTile(
  { image, level, x, y, bands }: WantedTile,
  signal: AbortSignal,
): ReturnType<ConstructorParameters<typeof TileLoader>[1]> {
  const tile = await call('image.tile', { image, level, x, y, bands: [...bands] }, signal);
  return tileValues(tile);
}

function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function pixels(): number {
  return window.devicePixelRatio;
}
