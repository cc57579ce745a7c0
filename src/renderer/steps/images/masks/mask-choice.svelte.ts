import type { Project } from '../../../../contract/app.ts';
import type {
  FoundMaskSource,
  MaskImport,
  MaskSourceContents,
} from '../../../../contract/mask-sources.ts';
import { call, RequestError } from '../../../lib/client.ts';
import { type Assignment, isUnnamed, proposedAssignments, targetOf } from './mask-plan.ts';

/** A source that was chosen. */
export type ChosenSource = Pick<FoundMaskSource, 'kind' | 'path'>;

/** Which masks come in with a folder, and what becomes of their classes. */
export class MaskChoice {
  /** Null: none. */
  source: ChosenSource | null = $state.raw(null);
  /** Null until it is known. */
  contents: MaskSourceContents | null = $state.raw(null);
  failure: string | null = $state(null);
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
    } catch (error) {
      if (controller.signal.aborted) return;
      this.failure = error instanceof RequestError ? error.message : String(error);
    }
  }
}
