import type { Params, Project } from '../../../contract/app.ts';
import { call } from '../../lib/client.ts';
import { emptyHistory } from '../../lib/history.ts';
import { notices } from '../../lib/notices.svelte.ts';
import type { ProjectState } from '../../lib/project-state.svelte.ts';
import { text } from '../../text/index.ts';
import type { EditedClass } from './edited-class.ts';

/** Changes to an open project, each saved at once. */
export class ProjectEdits {
  readonly #state: ProjectState;

  constructor(state: ProjectState) {
    this.#state = state;
  }

  async update(change: Omit<Params<'project.update'>, 'project'>): Promise<void> {
    await this.#apply(call('project.update', { project: this.#state.project.id, ...change }));
  }

  async addClass(name: string): Promise<void> {
    await this.#apply(call('class.add', { project: this.#state.project.id, name }));
  }

  async changeClass(id: number, change: { name?: string; colour?: string }): Promise<void> {
    await this.#apply(call('class.update', { class: id, ...change }));
  }

  /** Number of masks that show a class; undefined if counting failed, which a notice reports. */
  async masksWith({ id }: Pick<EditedClass, 'id'>): Promise<number | undefined> {
    try {
      return await call('class.masks', { class: id });
    } catch (error) {
      notices.fail(error);
      return undefined;
    }
  }

  async removeClass({ id }: Pick<EditedClass, 'id'>): Promise<boolean> {
    this.#state.labelHistory = emptyHistory();
    return this.#apply(call('class.remove', { class: id }));
  }

  /** Removes a class without images. Nothing is lost, so a notice offers undo instead of a confirmation before. */
  async removeEmptyClass(one: EditedClass): Promise<void> {
    if (!(await this.removeClass(one))) return;
    notices.add('done', text.project.classRemoved(one.name), {
      action: { label: text.common.undo, run: () => void this.#restore(one) },
    });
  }

  async #restore({ name, colour }: EditedClass): Promise<void> {
    await this.addClass(name);
    const back = this.#state.project.classes.find((one) => one.name === name);
    if (back !== undefined && back.colour !== colour) await this.changeClass(back.id, { colour });
  }

  /** Applies the engine's answer to the project. @returns true if it worked */
  async #apply(answer: Promise<Project>): Promise<boolean> {
    try {
      const project = await answer;
      if (project.id === this.#state.project.id) this.#state.project = project;
      return true;
    } catch (error) {
      notices.fail(error);
      return false;
    }
  }
}
