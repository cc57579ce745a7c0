import { hasMod } from '../lib/keys.ts';
import type { Stage } from './stage.ts';
import type { Tool, ToolEvent, ToolPoint } from './tool.ts';

/** Which tool answers to what. */
export interface ToolChoice {
  /** The one in hand. */
  current(): Tool;
  /** With Space, or the wheel button, under any other. */
  readonly pan: Tool;
  /** With the second button. */
  readonly secondary: Tool;
  /** A turn of the wheel that no tool wants. */
  onwheel(event: WheelEvent): void;
}

interface Stroke {
  readonly tool: Tool;
  readonly pointer: number;
  readonly button: number;
}

/** Gives what pointers do on a stage to the tool that it is for. */
export class ToolInput {
  readonly #stage: Stage;
  readonly #choice: ToolChoice;
  readonly #listening = new AbortController();
  #stroke: Stroke | undefined;
  #isSpaceHeld = false;
  /** The last thing that the stroke's tool was told of it. */
  #told: ToolEvent | undefined;
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
    // Before others ask whether something is to be saved.
    window.addEventListener('beforeunload', this.#release, { ...options, capture: true });
    this.showCursor();
  }

  /** Whether a stroke is being drawn. */
  get isBusy(): boolean {
    return this.#stroke !== undefined;
  }

  /** Space is held or not: the pan tool has the pointer meanwhile. */
  set isSpaceHeld(isHeld: boolean) {
    this.#isSpaceHeld = isHeld;
    this.showCursor();
  }

  /** Makes the stroke that is being drawn void; true if there was one. */
  cancel(): boolean {
    const stroke = this.#stroke;
    this.#stroke = undefined;
    stroke?.tool.cancel?.(this.#stage);
    this.showCursor();
    return stroke !== undefined;
  }

  /** Ends the stroke that is being drawn where it is: what was drawn stays. True if there was one. */
  finish(): boolean {
    const [stroke, told] = [this.#stroke, this.#told];
    this.#stroke = undefined;
    // It ends where the hand was: those points are drawn.
    if (told !== undefined) stroke?.tool.up?.({ ...told, points: [] });
    this.showCursor();
    return stroke !== undefined;
  }

  /**
   * Another image comes in sight: nothing goes on that the tool in hand began on the one before. The hand may
   * go on to move the view, or to window a stack.
   *
   * @param show shows the other image
   */
  renew(show: () => void): void {
    const tool = this.#choice.current();
    if (this.#stroke?.tool === tool && tool !== this.#choice.pan) this.finish();
    show();
    tool.leave?.(this.#stage);
    tool.enter?.(this.#stage);
    const hovered = this.#hovered;
    if (hovered === undefined) return;
    this.#hover({ ...hovered, image: this.#stage.view.toImage(hovered.screen) });
  }

  /** Another tool is in hand. */
  change(from: Tool | undefined, to: Tool): void {
    this.finish();
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
    this.finish();
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
      // A pen's other end is the sixth button.
      if (this.#stroke !== undefined || event.button !== 5) return;
    }
    event.preventDefault();
    const tool = this.#toolFor(event.button);
    this.#stroke = { tool, pointer: event.pointerId, button: event.button };
    this.#stage.element.setPointerCapture(event.pointerId);
    this.#told = this.#said(event, event.button);
    tool.down?.(this.#told);
    this.showCursor();
  };

  readonly #move = (event: PointerEvent): void => {
    const stroke = this.#stroke;
    if (stroke === undefined) {
      this.#hover(this.#said(event, -1));
    } else if (stroke.pointer === event.pointerId) {
      const said = this.#said(event, stroke.button);
      this.#told = said;
      stroke.tool.move?.(said);
      this.#hovered = said;
    }
    this.showCursor();
  };

  readonly #up = (event: PointerEvent): void => {
    const stroke = this.#stroke;
    if (stroke?.pointer !== event.pointerId) return;
    // With several buttons down only the one that began the stroke ends it.
    if (event.button !== stroke.button) return;
    this.#stroke = undefined;
    stroke.tool.up?.(this.#said(event, stroke.button));
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

  readonly #doubleClick = (event: MouseEvent): void => {
    this.#tool().doubleClick?.(this.#said(event, event.button));
  };

  readonly #wheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (this.#tool().wheel?.(event, this.#stage) !== true) this.#choice.onwheel(event);
  };

  #hover(event: ToolEvent | null): void {
    this.#hovered = event ?? undefined;
    this.#choice.current().hover?.(event);
  }

  #said(event: PointerEvent | MouseEvent, button: number): ToolEvent {
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
