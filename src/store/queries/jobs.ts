import { z } from 'zod';
import { now } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** Work that outlives the process: what is left at a start is to be taken up again. */
export interface NewJob {
  readonly kind: string;
  readonly project: number | null;
  readonly run: number | null;
}

export interface StoredJob extends NewJob {
  readonly id: number;
  readonly state: 'queued' | 'running';
  readonly createdAt: string;
  /** When somebody last worked on it. */
  readonly heartbeat: string;
}

const jobRow = z.object({
  id: z.number(),
  kind: z.string(),
  project: z.number().nullable(),
  run: z.number().nullable(),
  state: z.enum(['queued', 'running']),
  createdAt: z.string(),
  heartbeat: z.string(),
});

export class JobQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Queues a job and returns its id; it goes with its project or run. */
  add({ kind, project, run }: NewJob): number {
    return this.#connection.run(
      `INSERT INTO jobs (kind, project, run, state, created_at, heartbeat)
       VALUES (:kind, :project, :run, 'queued', :now, :now)`,
      { kind, project, run, now: now() },
    ).id;
  }

  /** Notes that it is being worked on. */
  beat(id: number): void {
    const sql = `UPDATE jobs SET state = 'running', heartbeat = ? WHERE id = ?`;
    this.#connection.run(sql, now(), id);
  }

  /** It has ended, one way or another. */
  remove(id: number): void {
    this.#connection.run('DELETE FROM jobs WHERE id = ?', id);
  }

  /** In the order in which they were queued. */
  list(): StoredJob[] {
    return this.#connection.all(
      jobRow,
      `SELECT id, kind, project, run, state, created_at AS createdAt, heartbeat FROM jobs
       ORDER BY id`,
    );
  }
}
