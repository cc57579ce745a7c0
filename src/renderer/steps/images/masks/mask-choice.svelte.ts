import type { Project } from '../../../../contract/app.ts';
import type {
  FoundMaskSource,
  MaskImport,
  MaskPreview,
  MaskSourceContents,
} from '../../../../contract/mask-sources.ts';
import { call } from '../../../lib/client.ts';
import { errorMessage } from '../../../lib/error-message.ts';
import { type Assignment, isUnnamed, proposedAssignments, targetOf } from './class-assignments.ts';

/** Number of images that are tried before none is shown. */
const mostTried = 20;

/** A chosen source of masks. */
export type ChosenSource = Pick<FoundMaskSource, 'kind' | 'path'>;

/** Choice of the masks to import with a folder, and of the project's classes for their values. */
export class MaskChoice {
  /** Source of masks; null for none. */
  source: ChosenSource | null = $state.raw(null);
  /** Null until the source is read. */
  contents: MaskSourceContents | null = $state.raw(null);
  failure: string | null = $state(null);
  /** Preview of an image with its mask; null until it is read, or if there is none. */
  shown: MaskPreview | null = $state.raw(null);
  assignments: readonly Assignment[] = $state.raw([]);
  /** Property of polygons that names their class. */
  property: string | null = $state(null);
  isDone = $state(true);
  isReplacing = $state(false);
  /** True while the property that names the polygons' classes is not chosen. */
  readonly needsProperty = $derived(
    this.contents !== null && this.contents.properties.length > 0 && this.property === null,
  );
  /** Number of classes without a choice or a name. */
  readonly undecided = $derived(
    this.assignments.filter((one) => targetOf(one) === undefined).length,
  );
  /** Number of new classes without a name. */
  readonly unnamed = $derived(this.assignments.filter(isUnnamed).length);
  readonly isLoading = $derived(
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
    // Sources that were found have more fields than a request takes.
    this.source = source && { kind: source.kind, path: source.path };
    this.property = null;
    void this.#load();
  }

  chooseProperty(property: string): void {
    this.property = property;
    void this.#load();
  }

  /** Shows another image with its mask. Unreadable ones are skipped; the reason is among the listed problems. */
  async preview(index: number): Promise<void> {
    const { signal } = this.#controller;
    if (this.source === null) return;
    const source = { ...this.source, property: this.property };
    const request = { project: this.#project.id, folder: this.#folder, source, index };
    this.#wanted = index;
    try {
      const preview = await call('image.previewMasks', request, signal);
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

  /** Request for the import; null for no masks. */
  request(): MaskImport | null {
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

  async #load(): Promise<void> {
    this.#controller.abort();
    const controller = new AbortController();
    this.#controller = controller;
    this.contents = null;
    this.shown = null;
    this.failure = null;
    this.assignments = [];
    if (this.source === null) return;
    const source = { ...this.source, property: this.property };
    const request = { project: this.#project.id, folder: this.#folder, source };
    try {
      const contents = await call('image.lookMasks', request, controller.signal);
      if (controller.signal.aborted) return;
      this.contents = contents;
      // Files written by this app name the property.
      this.property = contents.property;
      this.assignments = proposedAssignments(contents.classes, this.#project.classes);
      this.isDone = contents.isComplete;
      void this.preview(0);
    } catch (error) {
      if (controller.signal.aborted) return;
      this.failure = errorMessage(error);
    }
  }
}
