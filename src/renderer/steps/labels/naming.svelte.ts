import type { Project } from '../../../contract/app.ts';
import { classesNeeded } from '../../lib/labels-needed.ts';

/**
 * Whether a project's classes are being named: from when there are too few to label with, until a person has named all of
 * them. It does not end by itself with the last one that is needed, since whoever types more would label images instead.
 */
export class Naming {
  readonly #project: () => Project;
  #isUnfinished = $state(false);
  #isAsked = $state(false);
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
      this.#isAsked || this.#isLacking || (this.#isUnfinished && this.#project().labelled === 0)
    );
  }

  /** A person wants more classes. */
  begin(): void {
    this.#isAsked = true;
  }

  end(): void {
    this.#isAsked = false;
    this.#isUnfinished = false;
  }
}
