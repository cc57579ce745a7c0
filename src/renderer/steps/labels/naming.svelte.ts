import type { Project } from '../../../contract/app.ts';
import { classesNeeded } from '../../lib/images/labels-needed.ts';

/**
 * Mode in which the user names a project's classes. It starts while there are too few to label with, and lasts until
 * the user ends it: ending by itself with the last class needed would turn further typing into labels.
 */
export class ClassNaming {
  readonly #project: () => Project;
  #isUnfinished = $state(false);
  #isRequested = $state(false);
  readonly #isLacking = $derived.by(() => {
    const { labelled, classes, task } = this.#project();
    return labelled === 0 && classes.length < classesNeeded[task];
  });

  constructor(project: () => Project) {
    this.#project = project;
    $effect(() => {
      if (this.#isLacking) this.#isUnfinished = true;
    });
  }

  get isOn(): boolean {
    return (
      this.#isRequested || this.#isLacking || (this.#isUnfinished && this.#project().labelled === 0)
    );
  }

  /** Starts naming more classes. */
  begin(): void {
    this.#isRequested = true;
  }

  end(): void {
    this.#isRequested = false;
    this.#isUnfinished = false;
  }
}
