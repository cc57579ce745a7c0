import type { ViewedImage } from '../../contract/image-view.ts';
import { call, listen, RequestError } from '../lib/client.ts';
import { errorMessage } from '../lib/error-message.ts';
import { count } from '../lib/format.ts';
import { hasMod } from '../lib/keys/keys.ts';
import { ImageDisplay } from './display.svelte.ts';
import type { Point } from './tools/geometry.ts';
import { ImageFactsCache } from './image-facts.ts';
import { centreOf, ImageLayer } from './image-layer.ts';
import { ImageStack } from './image-stack.svelte.ts';
import { aspectOf, distance, writtenLength } from './tools/measure.ts';
import { type LineSegment, measureTool } from './tools/measure-tool.ts';
import { panTool } from './tools/pan-tool.ts';
import { readingAt, type Reading } from './readout.ts';
import { SliceWheel } from './slices.ts';
import { Stage } from './stage.ts';
import { newTileCache } from './tiles/tile-cache.ts';
import { TileLoader, type WantedTile } from './tiles/tile-loader.ts';
import { tilesFor } from './tiles/tile-plan.ts';
import { tileValues } from './tiles/tile-values.ts';
import type { Tool } from './tools/tool.ts';
import { ToolInput } from './tools/tool-input.ts';
import { type ViewTransform, wheelFactor } from './view-transform.ts';
import { windowTool } from './tools/window-tool.ts';

/** State of the image viewer: the image, its view, display settings, tool and stack. */
export class Viewer {
  image: ViewedImage | null = $state.raw(null);
  /** ID of the requested image, set before it is loaded. */
  wanted: number | null = $state(null);
  failure: string | null = $state(null);
  /** True if the failure is a missing file. */
  isGone = $state(false);
  view: ViewTransform | null = $state.raw(null);
  tool: Tool = $state.raw(panTool());
  reading: Reading | null = $state.raw(null);
  /** Progress in [0, 1] of making smaller copies of a very large image; null if none are being made. */
  progress: number | null = $state(null);
  isDragging = $state(false);
  line: LineSegment | null = $state.raw(null);
  #isStageDrawn = $state(false);

  /** Stage; null while the component is not mounted. */
  stage: Stage | null = $state.raw(null);
  readonly pan: Tool;
  readonly windowing: Tool;
  readonly measure: Tool;
  readonly display: ImageDisplay;
  readonly stack: ImageStack;
  readonly #facts = new ImageFactsCache();
  readonly #values = newTileCache();
  readonly #layer: ImageLayer;
  readonly #loader: TileLoader;
  readonly #wheel = new SliceWheel();
  #input: ToolInput | null = null;
  #disposers: (() => void)[] = [];
  #pointer: { readonly screen: Point; readonly image: Point } | null = null;

  constructor() {
    const image = (): ViewedImage | null => this.image;
    this.display = new ImageDisplay(this.#facts, {
      image,
      draw: (picture) => {
        this.#layer.picture = picture;
        this.stage?.invalidate('image');
        this.#want();
      },
      failed: (error) => {
        this.#fail(error);
      },
    });
    this.stack = new ImageStack(this.#facts, {
      image,
      view: () => this.view,
      shownOf: (other) => this.display.shownOf(other),
      changed: () => {
        this.#want();
      },
    });
    this.pan = this.tool;
    this.windowing = windowTool({
      now: () => this.display.window,
      least: () => this.display.leastStep,
      set: (window) => {
        this.display.setWindow(window.center, window.width);
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
        if (image === this.image?.id) this.#fail(error);
      },
    });
  }

  /** Draws on an element; returns a function that stops it. */
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
      this.stack.dispose();
      stage.dispose();
      this.#input = null;
      this.stage = null;
      this.#isStageDrawn = false;
    };
  }

  /** Opens an image. */
  async open(id: number): Promise<void> {
    if (this.wanted === id) return;
    this.wanted = id;
    this.failure = null;
    this.progress = null;
    try {
      const image = await this.#facts.image(id);
      if (this.wanted !== id) return;
      this.#showImage(image);
      this.stack.show(id);
    } catch (error) {
      if (this.wanted === id) this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.failure = errorMessage(error);
    this.isGone = error instanceof RequestError && error.code === 'not-found';
  }

  /** True if the stage shows the requested image completely. */
  get isDrawn(): boolean {
    return this.#isStageDrawn && !this.display.isUnknown && this.image?.id === this.wanted;
  }

  /** Selects a tool. */
  take(tool: Tool): void {
    const before = this.tool;
    if (before === tool) return;
    this.tool = tool;
    this.#input?.change(before, tool);
    this.stage?.invalidate('interaction');
  }

  set isSpaceHeld(isHeld: boolean) {
    if (this.#input !== null) this.#input.isSpaceHeld = isHeld;
  }

  /** Completes the current stroke or open polygon. */
  settle(): void {
    this.#input?.settle();
  }

  /** Removes the last part of an open polygon; false if there is none. */
  stepBack(): boolean {
    return this.#input?.stepBack() === true;
  }

  /** Handles Esc before it closes the viewer; returns true if it cancelled something. */
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

  /** Zooms to one image pixel per screen pixel. */
  actualSize(): void {
    if (this.stage === null) return;
    const at = this.#pointer?.screen;
    this.stage.view = this.stage.view.zoomedTo(1 / window.devicePixelRatio, at);
  }

  move(dx: number, dy: number): void {
    if (this.stage !== null) this.stage.view = this.stage.view.movedBy(dx, dy);
  }

  /** Called when the wheel moves through slices. */
  onslice: (by: number) => void = () => undefined;

  lengthOf({ from, to }: LineSegment): string {
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
    this.stack.ahead = [];
    if (this.stage !== null) {
      this.stage.view = this.stage.view.ofImage(image, aspectOf(image));
      for (const plane of ['image', 'overlays', 'interaction'] as const)
        this.stage.invalidate(plane);
    }
    this.display.renew();
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
      ...this.stack.ahead,
    ]);
  }

  #turn(event: WheelEvent): void {
    const { stage } = this;
    if (stage === null) return;
    // A pinch arrives as a wheel event with `ctrlKey`, on a Mac too.
    if (this.stack.ids.length > 1 && !hasMod(event) && !event.ctrlKey) {
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
}

async function fetchTile(
  { image, level, x, y, bands }: WantedTile,
  signal: AbortSignal,
): ReturnType<ConstructorParameters<typeof TileLoader>[1]> {
  const tile = await call('image.tile', { image, level, x, y, bands: [...bands] }, signal);
  return tileValues(tile);
}

function pixels(): number {
  return window.devicePixelRatio;
}
