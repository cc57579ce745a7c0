import { z } from 'zod';
import type {
  RunCurve,
  RunGlimpse,
  RunMask,
  RunMetric,
  RunPrediction,
  RunReference,
} from '../../contract/app.ts';
import { count, json, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** Predictions for an image, whose name is stored with the image. */
export type NewPrediction = Omit<RunPrediction, 'name'>;

const metricRow = z.object({ step: count, loss: z.number() });

const classIndices = json(z.array(count));
const predictionRow = z.object({
  image: z.number(),
  name: z.string(),
  truth: classIndices,
  teacher: classIndices,
  copy: classIndices,
  student: classIndices,
});

/** Scores of masks of an image, whose name is stored with the image. */
export type NewRunMask = Omit<RunMask, 'name'>;

const dice = z.number().nullable();
const maskRow = z.object({
  image: z.number(),
  name: z.string(),
  teacher: dice,
  copy: dice,
  student: dice,
});

const imageIds = z.array(z.number().nullable());
const bytes = z.instanceof(Uint8Array);
const referenceRow = z.object({
  images: json(imageIds),
  grid: z.int().min(1),
  accuracy: z.number().nullable(),
  map: bytes,
});
const glimpseRow = z.object({ step: count, accuracy: z.number().nullable(), map: bytes });
const idRow = z.object({ id: z.number() });

/** Queries of the records that a run writes during training and at its end. */
export class RunRecordQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Adds points of a curve; points of steps that a resumed run repeats replace the older ones. */
  addMetrics(run: number, curve: RunCurve, metrics: readonly RunMetric[]): void {
    this.#connection.transaction(() => {
      for (const { step, loss } of metrics) {
        const sql =
          'INSERT OR REPLACE INTO run_metrics (run, curve, step, loss) VALUES (?, ?, ?, ?)';
        this.#connection.run(sql, run, curve, step, loss);
      }
    });
  }

  /** Deletes the points after a step, of work that was lost before a checkpoint. */
  forgetMetrics(run: number, curve: RunCurve, step: number): void {
    const sql = 'DELETE FROM run_metrics WHERE run = ? AND curve = ? AND step > ?';
    this.#connection.run(sql, run, curve, step);
  }

  metrics(run: number, curve: RunCurve): RunMetric[] {
    const sql = 'SELECT step, loss FROM run_metrics WHERE run = ? AND curve = ? ORDER BY step';
    return this.#connection.all(metricRow, sql, run, curve);
  }

  /** Sets the reference that probes of the student are compared with, replacing the former one. */
  setReference(run: number, { images, grid, accuracy, map }: RunReference): void {
    this.#connection.run(
      `INSERT OR REPLACE INTO run_references (run, images, grid, accuracy, map)
       VALUES (?, ?, ?, ?, ?)`,
      run,
      toJson(imageIds, images),
      grid,
      accuracy,
      map,
    );
  }

  /**
   * Adds a probe and deletes those at the same and later steps, because the run may have returned to a checkpoint.
   */
  addGlimpse(run: number, { step, accuracy, map }: RunGlimpse): void {
    this.#connection.transaction(() => {
      this.#connection.run('DELETE FROM run_glimpses WHERE run = ? AND step >= ?', run, step);
      const sql = 'INSERT INTO run_glimpses (run, step, accuracy, map) VALUES (?, ?, ?, ?)';
      this.#connection.run(sql, run, step, accuracy, map);
    });
  }

  glimpses(run: number): { reference: RunReference | null; glimpses: RunGlimpse[] } {
    const found = this.#connection.get(
      referenceRow,
      'SELECT images, grid, accuracy, map FROM run_references WHERE run = ?',
      run,
    );
    const glimpses = this.#connection.all(
      glimpseRow,
      'SELECT step, accuracy, map FROM run_glimpses WHERE run = ? ORDER BY step',
      run,
    );
    return {
      reference: found ? { ...found, images: this.#present(found.images) } : null,
      glimpses,
    };
  }

  /** Replaces ids of images that no longer exist by null. */
  #present(images: readonly (number | null)[]): (number | null)[] {
    const sql = 'SELECT id FROM images WHERE id IN (SELECT value FROM json_each(?))';
    const rows = this.#connection.all(idRow, sql, JSON.stringify(images));
    const present = new Set(rows.map(({ id }) => id));
    return images.map((id) => (id !== null && present.has(id) ? id : null));
  }

  /** Replaces a run's predictions; images that were removed since the run began are skipped. */
  replacePredictions(run: number, predictions: readonly NewPrediction[]): void {
    this.#connection.transaction(() => {
      this.#connection.run('DELETE FROM predictions WHERE run = ?', run);
      for (const { image, truth, teacher, copy, student } of predictions) {
        this.#connection.run(
          `INSERT INTO predictions (run, image, truth, teacher, copy, student)
           SELECT :run, id, :truth, :teacher, :copy, :student FROM images WHERE id = :image`,
          {
            run,
            image,
            truth: JSON.stringify(truth),
            teacher: JSON.stringify(teacher),
            copy: JSON.stringify(copy),
            student: JSON.stringify(student),
          },
        );
      }
    });
  }

  /** Lists predictions by folder and natural name of the images. */
  predictions(run: number): RunPrediction[] {
    return this.#connection.all(
      predictionRow,
      `SELECT image, name, truth, teacher, copy, student
       FROM predictions JOIN images ON images.id = predictions.image
       WHERE run = ? ORDER BY folder, natural_key, images.id`,
      run,
    );
  }

  /** Replaces a run's mask scores; images that were removed since the run began are skipped. */
  replaceMasks(run: number, masks: readonly NewRunMask[]): void {
    this.#connection.transaction(() => {
      this.#connection.run('DELETE FROM run_masks WHERE run = ?', run);
      for (const { image, teacher, copy, student } of masks) {
        this.#connection.run(
          `INSERT INTO run_masks (run, image, teacher, copy, student)
           SELECT :run, id, :teacher, :copy, :student FROM images WHERE id = :image`,
          { run, image, teacher, copy, student },
        );
      }
    });
  }

  /** Lists mask scores, the student's worst first; images with nothing to compare come last. */
  masks(run: number): RunMask[] {
    return this.#connection.all(
      maskRow,
      `SELECT image, name, teacher, copy, student
       FROM run_masks JOIN images ON images.id = run_masks.image
       WHERE run = ? ORDER BY student ASC NULLS LAST, folder, natural_key, images.id`,
      run,
    );
  }
}
