import type { Project } from '../../../contract/app.ts';
import type { MaskState } from '../../../contract/masks.ts';
import { ignoreValue } from '../../../core/mask/tiles.ts';
import { call, listen } from '../../lib/client.ts';
import type { Direction } from '../../lib/history.ts';
import { notices } from '../../lib/notices.svelte.ts';
import { text } from '../../text/index.ts';
import type { Stage } from '../stage.ts';
import type { Tool } from '../tools/tool.ts';
import { Adopting } from './adopting.svelte.ts';
import { ClassValues } from './layers/class-values.ts';
import { coloursByValue, type Rgb } from './layers/colouring.ts';
import type { EditorViewer } from './editor-viewer.ts';
import { answersOf, type FinishPlace, Finishing } from './finishing.svelte.ts';
import { LayerChoices } from './layers/layer-choices.svelte.ts';
import { MaskBoard, StrokeBoard } from './mask-board.ts';
import { MaskMarks } from './edits/mask-marks.ts';
import { MaskSaving } from './edits/mask-saving.svelte.ts';
import { MaskRevisions } from './edits/mask-revisions.ts';
import { MaskSteps } from './edits/mask-steps.svelte.ts';
import { type EditedImage, MaskSession } from './mask-session.svelte.ts';
import type { MaskPainter, ShownValues } from './edits/painter.ts';
import { ShownLayers } from './layers/shown-layers.ts';
import { Suggestions } from './suggestions.svelte.ts';
import type { Suggesting } from './suggesting.svelte.ts';
import type { SaveState } from './edits/tile-saver.ts';
import { type MaskToolId, ToolSettings } from './tool-settings.svelte.ts';
import { createMaskTools } from './tools/all.ts';
import type { OpenShape } from './tools/board.ts';

const words = text.masks;

/** Editor of a project's masks: the open mask, tools and display settings, and all edits of the session. */
export class MaskEditor {
  readonly settings = new ToolSettings();
  readonly choices: LayerChoices;
  readonly adopting: Adopting;
  open: MaskSession | null = $state.raw(null);
  /** Open polygon, not painted yet. */
  openShape: OpenShape = $state.raw({ corners: 0, isErasing: false });
  /** True while the image's masks are being listed. */
  isOpening = false;
  readonly tools: Readonly<Record<MaskToolId, Tool>>;
  readonly suggestions: Suggestions;
  readonly finishing: Finishing;
  readonly marks: MaskMarks;
  readonly #project: () => Project;
  readonly #steps: MaskSteps = new MaskSteps(this);
  readonly #saving: MaskSaving;
  readonly #layers: ShownLayers;
  #attached: { readonly stage: Stage; readonly image: EditedImage } | undefined;
  #viewer: EditorViewer | undefined;
  #opened: Promise<void> = Promise.resolve();
  readonly #revisions = new MaskRevisions();
  readonly #classes = new ClassValues();

  constructor(project: () => Project) {
    this.#project = project;
    this.#layers = new ShownLayers(this);
    this.marks = new MaskMarks({
      open: () => this.open,
      steps: this.#steps,
      revisions: this.#revisions,
      flush: () => this.flush(),
      marked: (image, before, step) => this.#viewer?.marked(image, before, step),
    });
    this.choices = new LayerChoices(() => {
      this.#layers.refresh();
    });
    this.suggestions = this.#newSuggestions();
    this.#saving = new MaskSaving({
      openMask: (image, signal) => this.#openMask(image, signal),
      opened: (open) => {
        this.#keep(open);
      },
      settle: () => this.#viewer?.settle(),
      classValues: () => this.#project().classes.map(({ maskValue }) => maskValue ?? 0),
      saved: (image, info) => {
        this.#revisions.saved(image, info.revision);
        this.#saving.begun.of(image)?.take(info);
        if (this.open?.image.id === image) this.open.take(info);
      },
      allSaved: () => {
        this.#rereadStale();
      },
    });
    this.adopting = new Adopting({
      open: () => this.open,
      settle: () => this.#viewer?.settle(),
      save: () => this.#saving.saver.flush(),
      adopted: (image, info) => {
        this.#revisions.saved(image.id, info.revision);
        if (this.open?.image.id === image.id) this.open.take(info);
      },
    });
    this.finishing = new Finishing(this.#finishPlace(), answersOf(project().id));
    listen('engine.state', ({ state }) => {
      if (state === 'silent') return;
      this.#revisions.forget();
      if (state !== 'ready') return;
      this.#saving.saver.retry();
      if (this.open === null && this.#attached) this.#reopen(this.#attached.image);
      this.#saving.openings.retry();
    });
    listen('project.changed', (changed) => {
      if (changed.project === project().id) void this.#follow();
    });
    this.settings.value = this.values[0] ?? ignoreValue;
    this.tools = createMaskTools(new MaskBoard(this), new StrokeBoard(this));
  }

  /** Colours by mask value, of the classes and of unknown pixels. */
  get colours(): ReadonlyMap<number, Rgb> {
    return coloursByValue(this.#project().classes);
  }

  /** Mask values in the order of the classes, then the value for unknown. */
  get values(): number[] {
    const classes = this.#project().classes.flatMap(({ maskValue }) => maskValue ?? []);
    return [...classes, ignoreValue];
  }

  get suggesting(): Suggesting | null {
    return this.suggestions.current;
  }

  get state(): MaskState | null {
    return this.open?.info('human')?.state ?? null;
  }

  shown(): ShownValues | undefined {
    return this.#viewer?.shown();
  }

  readonly nameOf = (value: number): string => {
    if (value === ignoreValue) return words.ignore;
    const found = this.#project().classes.find(({ maskValue }) => maskValue === value);
    return found?.name ?? words.background;
  };

  /** Updates after a change of colours or classes. */
  refresh(): void {
    this.#forgetClasses();
    if (!this.values.includes(this.settings.value)) this.settings.value = this.values[0] ?? 0;
    this.#layers.refresh();
  }

  /** Shows the masks of an image on a stage; returns a function that removes them. */
  attach(stage: Stage, image: EditedImage): () => void {
    this.#attached = { stage, image };
    const take = this.#layers.attach(stage);
    this.#reopen(image);
    const unfollow = this.suggestions.follow(stage);
    return () => {
      take();
      this.#saving.openings.leave(image.id);
      unfollow();
      this.open = null;
      if (this.#attached?.stage === stage) this.#attached = undefined;
    };
  }

  async whenOpen(): Promise<MaskSession | null> {
    await this.#opened;
    return this.open;
  }

  edit(work: (painter: MaskPainter) => void): void {
    if (this.open !== null) work(this.open.painter);
    else if (this.#attached !== undefined) this.#saving.openings.wait(this.#attached.image, work);
  }

  hold<T>(work: Promise<T>): Promise<T> {
    return this.#saving.begun.hold(work);
  }

  /** State of saving. Edits that wait for their mask count as being saved. */
  get saving(): SaveState {
    return this.#saving.state;
  }

  /** True if any edit of any image is not saved yet. */
  get isUnsaved(): boolean {
    return this.#saving.isUnsaved;
  }

  /** Resolves to true when every stroke is saved, or to false if saving failed and will be retried. */
  flush(): Promise<boolean> {
    return this.#saving.flush();
  }

  /** Connects a viewer; returns a function that disconnects it. */
  connect(viewer: EditorViewer): () => void {
    this.#viewer = viewer;
    return () => {
      if (this.#viewer === viewer) this.#viewer = undefined;
    };
  }

  canGo(direction: Direction): boolean {
    if (direction === 'undo' && (this.openShape.corners > 0 || this.suggestions.canUndo))
      return true;
    return this.#steps.can(direction);
  }

  /** Undoes or redoes a step of any image. An open polygon and suggestion strokes are undone first. */
  async go(direction: Direction): Promise<void> {
    if (direction === 'undo' && this.#viewer?.stepBack() === true) return;
    // Undo in the middle of a stroke undoes that stroke.
    this.#viewer?.settle();
    if (this.#saving.openings.isBusy) await this.#opened;
    if (direction === 'undo' && this.suggestions.undo()) return;
    await this.#steps.go(direction);
  }

  /** Opens the mask of another image in the viewer; null without a viewer, false if the image was removed. */
  async show(image: number): Promise<boolean | null> {
    if (this.#viewer === undefined) return null;
    const isThere = await this.#viewer.goTo(image);
    await this.#opened;
    return isThere;
  }

  /** Marks the open mask as a part of undo or redo; returns the previous state, null if that failed. */
  mark(state: MaskState, direction: Direction): Promise<MaskState | null> {
    return this.marks.mark(state, direction);
  }

  #reopen(image: EditedImage): void {
    const opened = this.#saving.openings.open(image);
    this.#opened = opened;
    this.isOpening = true;
    this.#layers.refresh();
    void opened.then(() => {
      if (this.#opened !== opened) return;
      this.isOpening = false;
      this.#layers.refresh();
    });
  }

  async #openMask(image: EditedImage, signal: AbortSignal, isAgain = false): Promise<MaskSession> {
    // An edit in progress continues on the same mask.
    const busy = this.#saving.begun.of(image.id);
    if (busy !== undefined) return busy;
    const open: MaskSession = await MaskSession.open(
      image,
      this.#saving.saver,
      {
        failed: (error) => {
          notices.fail(error);
        },
        arrived: (owner, where) => {
          if (this.open === open) this.#layers.changed(owner, where);
        },
        changed: (where) => {
          if (this.open === open) this.#layers.changed('human', where);
        },
        edited: (patch) => {
          this.#steps.add(image, patch);
        },
        touched: (places) => {
          this.#saving.saver.touch(image.id, open.human.mask, places);
        },
      },
      signal,
    );
    // If a save completed while the engine answered, the answer lacks it: open again.
    const revision = open.info('human')?.revision ?? 0;
    const isPast = !isAgain && this.#revisions.isPast(image.id, revision);
    return isPast ? this.#openMask(image, signal, true) : open;
  }

  /**
   * Reloads the open masks after a change of the project if they were changed elsewhere, for example by an import of
   * labels; earlier edits can then no longer be undone. During painting, the next save detects the change instead.
   */
  async #follow(): Promise<void> {
    const { open } = this;
    const isQuiet = (): boolean =>
      open !== null && this.open === open && !this.isUnsaved && !this.marks.isBusy;
    if (open === null || !isQuiet()) return;
    // If the request fails, the mask is opened again when the engine is back.
    const infos = await call('mask.list', { image: open.image.id }).catch(() => null);
    if (infos === null || !isQuiet()) return;
    // Only the state (done or draft) may have changed, not the pixels.
    if (open.isAsIn(infos)) for (const info of infos) open.take(info);
    else this.#reopen(open.image);
  }

  /** Shows a newly opened mask, which may have been changed elsewhere since it was last open. */
  #keep(open: MaskSession): void {
    const { image } = open;
    const before = this.open;
    if (before !== open && before?.image.id === image.id && before.painter.isBusy) {
      // A stroke in progress continues on the mask on which it began.
      this.#revisions.missed(image.id);
      return;
    }
    this.#saving.begun.add(open);
    const revision = open.info('human')?.revision ?? 0;
    if (this.#revisions.read(image.id, revision)) this.#forget(image);
    if (this.#attached?.image.id !== image.id) return;
    this.open = open;
    if (this.suggestions.isInHand) this.suggestions.start();
    else this.suggestions.restore();
    this.#layers.changed('human', { x: 0, y: 0, width: image.width, height: image.height });
  }

  /** Reloads masks that were changed elsewhere, once none of their edits is unsaved. */
  #rereadStale(): void {
    const { open } = this;
    const { stale } = this.#revisions;
    for (const image of stale) if (image !== open?.image.id) this.#steps.forget(image);
    if (open === null || !stale.has(open.image.id) || this.isUnsaved) return;
    this.#forget(open.image);
    this.#reopen(open.image);
  }

  #forget({ id, name }: EditedImage): void {
    if (this.#steps.forget(id)) notices.add('attention', words.changedByOthers(name));
  }

  /** Removes undo steps with values of removed classes, and their locks. */
  #forgetClasses(): void {
    const values = this.#classes.gone(this.#project().classes);
    if (values.size === 0) return;
    this.settings.locked = this.settings.locked.filter((value) => !values.has(value));
    this.#steps.forgetValues(values);
  }

  #finishPlace(): FinishPlace {
    const openNow = (): MaskSession | null => this.open;
    return {
      get open() {
        return openNow();
      },
      choices: this.choices,
      adopting: this.adopting,
      suggestions: this.suggestions,
      isDrawn: () => this.#layers.isWhole(),
      flush: () => this.flush(),
      setState: (state, isJoined) => this.marks.set(state, isJoined),
      undoLast: () => {
        const step = this.#steps.last;
        return () => {
          const isLast = step !== undefined && this.#steps.last === step;
          if (isLast && this.#viewer !== undefined) void this.go('undo');
          else notices.add('attention', isLast ? words.finish.undoClosed : words.finish.undoLater);
        };
      },
    };
  }

  #newSuggestions(): Suggestions {
    const openNow = (): MaskSession | null => this.open;
    return new Suggestions({
      get open() {
        return openNow();
      },
      settings: this.settings,
      view: () => this.#attached?.stage.view,
      changed: (layer, part) => {
        if (layer === undefined || part === undefined) this.#layers.refresh();
        else this.#layers.changed(layer, part);
      },
      painted: (open, patch) => {
        this.#layers.changed('human', patch.rectangle);
        this.#steps.add(open.image, patch);
        this.#saving.saver.touch(open.image.id, open.human.mask, patch.tiles);
      },
    });
  }
}
