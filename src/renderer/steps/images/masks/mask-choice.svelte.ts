import type { Project } from '../../../../contract/app.ts';
import type {
  FoundMaskSource,
  MaskImport,
  MaskPreview,
  MaskSourceContents,
} from '../../../../contract/mask-sources.ts';
import { call, RequestError } from '../../../lib/client.ts';
import { type Assignment, isUnnamed, proposedAssignments, targetOf } from './mask-plan.ts';

/** Images that are tried before none is shown. */
const mostTried = 20;

/** A source that was chosen. */
export type ChosenSource = Pick<FoundMaskSource, 'kind' | 'path'>;

/** Which masks come in with a folder, and what becomes of their classes. */
export class MaskChoice {
  /** Null: none. */
  source: ChosenSource | null = $state.raw(null);
  /** Null until it is known. */
  contents: MaskSourceContents | null = $state.raw(null);
  failure: string | null = $state(null);
  /** One of the images with its mask; null until it is read, and where there is none to show. */
  shown: MaskPreview | null = $state.raw(null);
  assignments: readonly Assignment[] = $state.raw([]);
  /** Of GeoJSON: which property names the class. */
  property: string | null = $state(null);
  isDone = $state(true);
  isReplacing = $state(false);
  /** GeoJSON says its classes only once it is known where they stand. */
  readonly needsProperty = $derived(
    this.contents !== null && this.contents.properties.length > 0 && this.property === null,
  );
  readonly undecided = $derived(
    this.assignments.filter((one) => targetOf(one) === undefined).length,
  );
  /** Of these, new classes without a name. */
  readonly unnamed = $derived(this.assignments.filter(isUnnamed).length);
  readonly isLooking = $derived(
    this.source !== null && this.contents === null && this.failure === null,
  );
  readonly isReady = $derived(
    this.source === null || (this.contents !== null && !this.needsProperty && this.undecided === 0),
  );
  readonly #project: Project;
  readonly #folder: string;
  #controller = new AbortController();
  #wanted = 0;

  constructor(project: Project, folder: string) {
    this.#project = project;
    this.#folder = folder;
  }

  choose(source: ChosenSource | null): void {
    // What was found says more than is asked with.
    this.source = source && { kind: source.kind, path: source.path };
    this.property = null;
    void this.#look();
  }

  chooseProperty(property: string): void {
    this.property = property;
    void this.#look();
  }

  /** Shows another of the images with their masks. What cannot be read is passed over, as its reason is listed. */
  async preview(index: number): Promise<void> {
    const { signal } = this.#controller;
    if (this.source === null) return;
    const source = { ...this.source, property: this.property };
    const asked = { project: this.#project.id, folder: this.#folder, source, index };
    this.#wanted = index;
    try {
      const preview = await call('image.previewMasks', asked, signal);
      if (!signal.aborted && this.#wanted === index) this.shown = preview ?? this.shown;
    } catch {
      const before = this.shown?.index ?? -1;
      const next = index < before ? index - 1 : index + 1;
      const isNext = next >= 0 && next < (this.shown?.total ?? mostTried);
      if (!signal.aborted && this.#wanted === index && isNext) await this.preview(next);
    }
  }

  assign(index: number, assignment: Assignment): void {
    this.assignments = this.assignments.with(index, assignment);
  }

  stop(): void {
    this.#controller.abort();
  }

  /** What the import is told; null: no masks. */
  plan(): MaskImport | null {
    const { contents, source } = this;
    if (contents === null || source === null) return null;
    const classes = contents.classes.flatMap(({ value }, index) => {
      const assignment = this.assignments[index];
      const to = assignment && targetOf(assignment);
      return to === undefined ? [] : [{ value, to }];
    });
    return {
      source: { ...source, property: this.property },
      classes,
      onConflict: this.isReplacing ? 'replace' : 'keep',
      state: this.isDone ? 'done' : 'draft',
    };
  }

  async #look(): Promise<void> {
    this.#controller.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.contents = null;
    this.shown = null;
    this.failure = null;
    this.assignments = [];
    if (this.source === null) return;
    const source = { ...this.source, property: this.property };
    const asked = { project: this.#project.id, folder: this.#folder, source };
    try {
      const contents = await call('image.lookMasks', asked, controller.signal);
      if (controller.signal.aborted) return;
      this.contents = contents;
      this.assignments = proposedAssignments(contents.classes, this.#project.classes);
      this.isDone = contents.isComplete;
      void this.preview(0);
    } catch (error) {
      if (controller.signal.aborted) return;
      this.failure = error instanceof RequestError ? error.message : String(error);
    }
  }
}
