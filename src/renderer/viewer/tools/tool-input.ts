import { hasMod } from '../../lib/keys/keys.ts';
import type { Stage } from '../stage.ts';
import type { Tool, ToolEvent, ToolPoint } from './tool.ts';

/** Tools for each kind of input. */
export interface ToolChoice {
  /** Selected tool. */
  current(): Tool;
  /** Tool while Space or the wheel button is held. */
  readonly pan: Tool;
  /** Tool of the second button. */
  readonly secondary: Tool;
  /** Handles the wheel if no tool does. */
  onwheel(event: WheelEvent): void;
}

interface Stroke {
  readonly tool: Tool;
  readonly pointer: number;
  readonly button: number;
}

/** Dispatches pointer events on a stage to tools. */
export class ToolInput {
  readonly #stage: Stage;
  readonly #choice: ToolChoice;
  readonly #listening = new AbortController();
  #stroke: Stroke | undefined;
  #isSpaceHeld = false;
  /** Last event of the stroke. */
  #last: ToolEvent | undefined;
  #hovered: ToolEvent | undefined;

  constructor(stage: Stage, choice: ToolChoice) {
    this.#stage = stage;
    this.#choice = choice;
    const { element } = stage;
    const options = { signal: this.#listening.signal };
    element.addEventListener('pointerdown', this.#down, options);
    element.addEventListener('pointermove', this.#move, options);
    element.addEventListener('pointerup', this.#up, options);
    element.addEventListener('pointercancel', this.#lost, options);
    element.addEventListener('lostpointercapture', this.#lost, options);
    element.addEventListener('pointerleave', this.#leave, options);
    element.addEventListener('dblclick', this.#doubleClick, options);
    element.addEventListener('contextmenu', preventDefault, options);
    element.addEventListener('wheel', this.#wheel, { ...options, passive: false });
    window.addEventListener('blur', this.#release, options);
    // Runs before other listeners check for unsaved edits.
    window.addEventListener('beforeunload', this.#close, { ...options, capture: true });
    this.showCursor();
  }

  /** True during a stroke. */
  get isBusy(): boolean {
    return this.#stroke !== undefined;
  }

  /** Set while Space is down; the pan tool is active meanwhile. */
  set isSpaceHeld(isHeld: boolean) {
    this.#isSpaceHeld = isHeld;
    this.showCursor();
  }

  /** Cancels the current stroke; true if there was one. */
  cancel(): boolean {
    const stroke = this.#stroke;
    this.#stroke = undefined;
    stroke?.tool.cancel?.(this.#stage);
    this.showCursor();
    return stroke !== undefined;
  }

  /** Ends the current stroke and keeps what was drawn; true if there was one. */
  finish(): boolean {
    const [stroke, last] = [this.#stroke, this.#last];
    this.#stroke = undefined;
    // The stroke ends at its last event, whose points are already drawn.
    if (last !== undefined) stroke?.tool.up?.({ ...last, points: [] });
    this.showCursor();
    return stroke !== undefined;
  }

  /** Like `finish`, and completes what the selected tool has begun, such as an open polygon. */
  settle(): void {
    this.finish();
    this.#choice.current().settle?.(this.#stage);
  }

  /** Removes the last part of what the selected tool has begun; false if there is nothing. */
  stepBack(): boolean {
    return this.#choice.current().stepBack?.(this.#stage) === true;
  }

  /**
   * Changes to another image: completes what the selected tool has begun on the previous one. Panning and windowing by
   * the second button continue.
   *
   * @param show shows the other image
   */
  renew(show: () => void): void {
    const tool = this.#choice.current();
    if (this.#stroke?.tool === tool && tool !== this.#choice.pan) this.finish();
    // An open shape belongs to the image on which it began.
    tool.settle?.(this.#stage);
    show();
    tool.leave?.(this.#stage);
    tool.enter?.(this.#stage);
    const hovered = this.#hovered;
    if (hovered === undefined) return;
    this.#hover({ ...hovered, image: this.#stage.view.toImage(hovered.screen) });
  }

  /** Changes the selected tool. */
  change(from: Tool | undefined, to: Tool): void {
    this.finish();
    from?.settle?.(this.#stage);
    from?.leave?.(this.#stage);
    to.enter?.(this.#stage);
    if (this.#hovered !== undefined) to.hover?.(this.#hovered);
    this.showCursor();
  }

  showCursor(): void {
    this.#stage.element.style.cursor = this.#tool().cursor?.() ?? 'default';
  }

  dispose(): void {
    this.#listening.abort();
    this.settle();
    this.#choice.current().leave?.(this.#stage);
  }

  #tool(): Tool {
    if (this.#stroke !== undefined) return this.#stroke.tool;
    return this.#isSpaceHeld ? this.#choice.pan : this.#choice.current();
  }

  #toolFor(button: number): Tool {
    if (button === 1) return this.#choice.pan;
    return button === 2 ? this.#choice.secondary : this.#tool();
  }

  readonly #down = (event: PointerEvent): void => {
    if (this.#stroke !== undefined || event.button > 2) {
      // The eraser end of a pen is button 5.
      if (this.#stroke !== undefined || event.button !== 5) return;
    }
    event.preventDefault();
    const tool = this.#toolFor(event.button);
    this.#stroke = { tool, pointer: event.pointerId, button: event.button };
    this.#stage.element.setPointerCapture(event.pointerId);
    this.#last = this.#toolEvent(event, event.button);
    tool.down?.(this.#last);
    this.showCursor();
  };

  readonly #move = (event: PointerEvent): void => {
    const stroke = this.#stroke;
    if (stroke === undefined) {
      this.#hover(this.#toolEvent(event, -1));
    } else if (stroke.pointer === event.pointerId) {
      const toolEvent = this.#toolEvent(event, stroke.button);
      this.#last = toolEvent;
      stroke.tool.move?.(toolEvent);
      this.#hovered = toolEvent;
    }
    this.showCursor();
  };

  readonly #up = (event: PointerEvent): void => {
    const stroke = this.#stroke;
    if (stroke?.pointer !== event.pointerId) return;
    // With several buttons down, only the one that began the stroke ends it.
    if (event.button !== stroke.button) return;
    this.#stroke = undefined;
    stroke.tool.up?.(this.#toolEvent(event, stroke.button));
    this.showCursor();
  };

  readonly #lost = (event: PointerEvent): void => {
    if (this.#stroke?.pointer === event.pointerId) this.finish();
  };

  readonly #leave = (): void => {
    if (this.#stroke === undefined) this.#hover(null);
  };

  readonly #release = (): void => {
    this.isSpaceHeld = false;
    this.finish();
  };

  readonly #close = (): void => {
    this.isSpaceHeld = false;
    this.settle();
  };

  readonly #doubleClick = (event: MouseEvent): void => {
    this.#tool().doubleClick?.(this.#toolEvent(event, event.button));
  };

  readonly #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (this.#tool().wheel?.(event, this.#stage) !== true) this.#choice.onwheel(event);
  };

  #hover(event: ToolEvent | null): void {
    this.#hovered = event ?? undefined;
    this.#choice.current().hover?.(event);
  }

  #toolEvent(event: PointerEvent | MouseEvent, button: number): ToolEvent {
    const box = this.#stage.element.getBoundingClientRect();
    const coalesced = 'getCoalescedEvents' in event ? event.getCoalescedEvents() : [];
    const point = (one: PointerEvent | MouseEvent): ToolPoint => {
      const screen = { x: one.clientX - box.left, y: one.clientY - box.top };
      return {
        screen,
        image: this.#stage.view.toImage(screen),
        pressure: 'pressure' in one ? one.pressure : 0.5,
        time: one.timeStamp,
      };
    };
    const last = point(event);
    const points = coalesced.length > 0 ? coalesced.map(point) : [last];
    return {
      ...last,
      points,
      pointer: pointerKind(event),
      isEraser: 'pointerId' in event && (event.buttons & 32) !== 0,
      button,
      shift: event.shiftKey,
      alt: event.altKey,
      mod: hasMod(event),
      stage: this.#stage,
    };
  }
}

function pointerKind(event: PointerEvent | MouseEvent): ToolEvent['pointer'] {
  const kind = 'pointerType' in event ? event.pointerType : 'mouse';
  return kind === 'pen' || kind === 'touch' ? kind : 'mouse';
}

function preventDefault(event: Event): void {
  event.preventDefault();
}
