import { z } from 'zod';
import type { RunMetric, RunPrediction } from '../../contract/app.ts';
import { json } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** The name is the image's. */
export type NewPrediction = Omit<RunPrediction, 'name'>;

const metricRow = z.object({ step: z.number(), loss: z.number() });

const classIndices = json(z.array(z.number()));
const predictionRow = z.object({
  image: z.number(),
  name: z.string(),
  truth: classIndices,
  teacher: classIndices,
  copy: classIndices,
  student: classIndices,
});

/** What a run writes while it goes and at its end. */
export class RunRecordQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Points of the curve; those of steps that a resumed run repeats take the place of the older ones. */
  addMetrics(run: number, metrics: readonly RunMetric[]): void {
    this.#connection.transaction(() => {
      for (const { step, loss } of metrics) {
        const sql = 'INSERT OR REPLACE INTO run_metrics (run, step, loss) VALUES (?, ?, ?)';
        this.#connection.run(sql, run, step, loss);
      }
    });
  }

  metrics(run: number): RunMetric[] {
    const sql = 'SELECT step, loss FROM run_metrics WHERE run = ? ORDER BY step';
    return this.#connection.all(metricRow, sql, run);
  }

  /** Images that were removed since the run began are passed over. */
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

  /** By folder and natural name of the images. */
  predictions(run: number): RunPrediction[] {
    return this.#connection.all(
      predictionRow,
      `SELECT image, name, truth, teacher, copy, student
       FROM predictions JOIN images ON images.id = predictions.image
       WHERE run = ? ORDER BY folder, natural_key, images.id`,
      run,
    );
  }
}
