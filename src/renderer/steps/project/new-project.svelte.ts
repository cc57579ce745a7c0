import type { Domain, Project, ProjectTask } from '../../../contract/app.ts';
import { nextColour } from '../../../contract/palette.ts';
import { call } from '../../lib/client.ts';
import { notices } from '../../lib/notices.svelte.ts';
import type { EditedClass } from './edited-class.ts';

/** Form for a new project. */
export class NewProjectForm {
  name = $state('');
  domain: Domain = $state('other');
  #chosenTask: ProjectTask | null = $state(null);
  classes: readonly EditedClass[] = $state.raw([]);
  isCreating = $state(false);
  readonly #proposedTask: () => ProjectTask;
  #last = 0;

  /** @param proposedTask task suggested by the folder of images, used until the user chooses one */
  constructor(proposedTask: () => ProjectTask) {
    this.#proposedTask = proposedTask;
  }

  get task(): ProjectTask {
    return this.#chosenTask ?? this.#proposedTask();
  }

  set task(task: ProjectTask) {
    this.#chosenTask = task;
  }

  /** Sets the name, unless one is entered already. */
  suggestName(name: string): void {
    if (this.name.trim() === '') this.name = name.slice(0, 200);
  }

  addClass(name: string): void {
    const colour = nextColour(this.classes.map((one) => one.colour));
    this.classes = [...this.classes, { id: ++this.#last, name, colour, labelled: 0 }];
  }

  changeClass(id: number, change: { name?: string; colour?: string }): void {
    this.classes = this.classes.map((one) => (one.id === id ? { ...one, ...change } : one));
  }

  removeClass(id: number): void {
    this.classes = this.classes.filter((one) => one.id !== id);
  }

  /** Creates the project. @returns its id; null if it failed */
  async create(): Promise<number | null> {
    this.isCreating = true;
    try {
      const { domain, task } = this;
      const classes = this.classes.map(({ name }) => name);
      const project = await call('project.create', {
        name: this.name.trim(),
        domain,
        task,
        classes,
      });
      await this.#applyColours(project);
      return project.id;
    } catch (error) {
      notices.fail(error);
      return null;
    } finally {
      this.isCreating = false;
    }
  }

  /** Applies the chosen colours, since the engine picks colours itself. */
  async #applyColours(project: Project): Promise<void> {
    for (const { id, name, colour } of project.classes) {
      const chosen = this.classes.find((one) => one.name === name)?.colour;
      if (chosen === undefined || chosen === colour) continue;
      await call('class.update', { class: id, colour: chosen });
    }
  }
}
