import { z } from 'zod';
import { projectTask, type LabelChange, type ProjectTask } from '../../contract/app.ts';
import { UserError } from '../../core/errors.ts';
import { recordText } from '../../text/index.ts';
import { flag, json, oneNumber } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { notFoundError } from '../failures.ts';

const taskRow = z.object({ task: projectTask });

const labelledRow = z.object({
  name: z.string(),
  isLabelled: flag,
  isReviewed: flag,
  classes: json(z.array(z.number())),
});

export class LabelQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Applies all changes, in order, or none. Returns the changes that undo them, in the order in which to apply them.
   * Labels by the user count as reviewed, unless a change states otherwise.
   *
   * @throws UserError 'not-found' for an image or class that is not the project's, 'invalid-labels' if an image would
   * not have exactly the one class that the project's task requires
   */
  set(project: number, changes: readonly LabelChange[], isByPerson = false): LabelChange[] {
    return this.#connection.transaction(() => {
      const task = this.#taskOf(project);
      const classes = this.#classesOf(project);
      const before = changes.map((change) => this.#set(project, task, classes, change, isByPerson));
      return before.reverse();
    });
  }

  #set(
    project: number,
    task: ProjectTask,
    known: ReadonlySet<number>,
    { image, classes, isReviewed }: LabelChange,
    isByPerson: boolean,
  ): LabelChange {
    const old = this.#connection.get(
      labelledRow,
      `SELECT name, is_labelled AS isLabelled, is_reviewed AS isReviewed,
         (SELECT json_group_array(class ORDER BY class) FROM labels WHERE image = :image) AS classes
       FROM images WHERE id = :image AND project = :project`,
      { image, project },
    );
    if (old === undefined) throw notFoundError('image', image);
    const given = new Set(classes);
    const strange = [...given].find((id) => !known.has(id));
    if (strange !== undefined) throw notFoundError('class', strange);
    if (task === 'segmentation') {
      throw new UserError('invalid-labels', recordText.classOfSegmentedImage(old.name));
    }
    if (classes !== null && task === 'single' && given.size !== 1) {
      throw new UserError('invalid-labels', recordText.severalClasses(old.name, given.size));
    }
    this.#connection.run('DELETE FROM labels WHERE image = ?', image);
    for (const id of given) {
      this.#connection.run('INSERT INTO labels (image, class) VALUES (?, ?)', image, id);
    }
    this.#connection.run(
      'UPDATE images SET is_labelled = ?, is_reviewed = ? WHERE id = ?',
      Number(classes !== null),
      Number(isReviewed ?? (isByPerson && classes !== null)),
      image,
    );
    const before = { image, classes: old.isLabelled ? old.classes : null };
    const isUsual = old.isReviewed === (isByPerson && old.isLabelled);
    return isUsual ? before : { ...before, isReviewed: old.isReviewed };
  }

  #taskOf(project: number): ProjectTask {
    const found = this.#connection.get(taskRow, 'SELECT task FROM projects WHERE id = ?', project);
    if (found === undefined) throw notFoundError('project', project);
    return found.task;
  }

  #classesOf(project: number): Set<number> {
    const sql = 'SELECT id AS value FROM classes WHERE project = ?';
    return new Set(this.#connection.all(oneNumber, sql, project).map(({ value }) => value));
  }
}
