import { z } from 'zod';
import type { ImageFilter, ImageReview, ProjectTask } from '../../contract/app.ts';
import { flag, json, oneNumber } from '../columns.ts';
import type { Connection } from '../connection.ts';
import { projectImageColumns, projectImageRow, toProjectImage } from './image-rows.ts';
import type { ImagePage } from './images.ts';
import { foldedName } from './names.ts';

/** Predictions for an image; classes by their ids, ascending. */
export interface ImageScore {
  readonly image: number;
  /** Uncertainty from 0 (sure) to 1 (undecided). */
  readonly uncertainty: number;
  /** Classes that the uncertainty is between, the more probable first. */
  readonly likeliest: readonly { readonly class: number; readonly probability: number }[];
  readonly student: readonly number[];
  /** Predictions of the teacher; null if it was missing. */
  readonly teacher: readonly number[] | null;
}

/** Uncertainty from which a student counts as unsure: the likeliest class leads the next by less than half. */
const unsureFrom = 0.5;

const ids = z.array(z.number());
const likeliest = z.array(z.object({ class: z.number(), probability: z.number() }));

const queueRow = projectImageRow.extend({
  isUnlabelled: flag,
  band: z.number(),
  likeliest: json(likeliest).nullable(),
  student: json(ids).nullable(),
  teacher: json(ids).nullable(),
});

/**
 * Ranks in the queue, separately for images with and without a label: 0 the student is unsure, 1 teacher, student or
 * label disagree, 2 the rest.
 */
const bands = `
  CASE
    WHEN uncertainty >= ${unsureFrom} THEN 0
    WHEN student <> teacher OR (is_labelled = 1 AND is_test = 0 AND student <> given) THEN 1
    ELSE 2
  END`;

const given = `
  (SELECT json_group_array(class ORDER BY class) FROM labels WHERE image = images.id)`;

/** Queries of the images to review next. */
export class ReviewQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Replaces a run's scores; images that no longer exist are skipped. */
  replace(run: number, scores: readonly ImageScore[]): void {
    this.#connection.transaction(() => {
      this.#connection.run('DELETE FROM image_scores WHERE run = ?', run);
      for (const { image, uncertainty, likeliest, student, teacher } of scores) {
        this.#connection.run(
          `INSERT INTO image_scores (run, image, uncertainty, likeliest, student, teacher)
           SELECT :run, id, :uncertainty, :likeliest, :student, :teacher FROM images
           WHERE id = :image`,
          {
            run,
            image,
            uncertainty,
            likeliest: JSON.stringify(likeliest),
            student: JSON.stringify(student),
            teacher: teacher === null ? null : JSON.stringify(teacher),
          },
        );
      }
    });
  }

  /** Number of images that a student can score: to be reviewed, and not held out. */
  count(project: number): number {
    const sql = `SELECT count(*) AS value FROM images
      WHERE project = ? AND is_test = 0 AND (is_labelled = 0 OR is_reviewed = 0)`;
    return this.#connection.one(oneNumber, sql, project).value;
  }

  /** Returns the latest run of a project that has scores; undefined if there is none. */
  latest(project: number): number | undefined {
    const sql = `SELECT id AS value FROM runs WHERE project = ?
      AND EXISTS (SELECT 1 FROM image_scores WHERE run = runs.id) ORDER BY id DESC LIMIT 1`;
    return this.#connection.get(oneNumber, sql, project)?.value;
  }

  /**
   * Returns a page of the images to review, the most useful first: images without a label before those
   * whose label has not been reviewed; in both, first those where the student is unsure, then those where student and
   * teacher, or student and label, disagree. Test images come last in each part and are never scored. In
   * segmentation projects: images without a mask, drafts, then finished masks.
   */
  page(
    project: number,
    task: ProjectTask,
    filter: Pick<ImageFilter, 'search'>,
    offset: number,
    limit: number,
  ): ImagePage {
    const search = foldedName(filter.search);
    const found = search === '' ? '' : 'AND instr(folded_name, :search) > 0';
    const values = { project, ...(search !== '' && { search }) };
    const listed = task === 'segmentation' ? '1' : '(is_labelled = 0 OR is_reviewed = 0)';
    const where = `WHERE project = :project AND ${listed} ${found}`;
    const counted = `SELECT count(*) AS value FROM images ${where}`;
    const total = this.#connection.one(oneNumber, counted, values).value;
    const rows = this.#connection.all(
      queueRow,
      `WITH scored AS (
         SELECT images.*, uncertainty, likeliest, student, teacher, ${given} AS given FROM images
         LEFT JOIN image_scores ON image_scores.image = images.id AND image_scores.run = :run
         ${where}
       ), queue AS (
         SELECT images.id, ${bands} AS band FROM scored AS images
         ORDER BY ${task === 'segmentation' ? byMask : byUse}, folder, natural_key, id
         LIMIT :limit OFFSET :offset
       )
       SELECT ${projectImageColumns}, 1 - is_labelled AS isUnlabelled, band, likeliest, student, teacher
       FROM queue JOIN scored AS images USING (id)
       ORDER BY ${task === 'segmentation' ? byMask : byUse}, folder, natural_key, id`,
      { ...values, limit, offset, run: this.latest(project) ?? 0 },
    );
    return {
      total,
      images: rows.map((row) => ({ ...toProjectImage(row), ...reviewOf(row, task) })),
    };
  }
}

/** Order for classification, in which scored images come before others. */
const byUse = 'is_labelled, is_test, band, uncertainty IS NULL, uncertainty DESC';

const byMask = `is_labelled,
  (SELECT count(*) FROM masks WHERE masks.image = images.id AND layer = 'human')`;

type QueueRow = z.infer<typeof queueRow>;

function reviewOf(row: QueueRow, task: ProjectTask): { review?: ImageReview } {
  if (task === 'segmentation') return {};
  const { isUnlabelled, band, likeliest, student, teacher } = row;
  if (student === null || likeliest === null) {
    return { review: { reason: isUnlabelled ? 'unlabelled' : 'unreviewed' } };
  }
  const predictions = { likeliest, student, teacher };
  if (band === 0) return { review: { reason: 'unsure', ...predictions } };
  if (band === 2) {
    return { review: { reason: isUnlabelled ? 'unlabelled' : 'unreviewed', ...predictions } };
  }
  const isOfLabel = !isUnlabelled && String(student) !== String(row.classes);
  return { review: { reason: isOfLabel ? 'label' : 'teacher', ...predictions } };
}
