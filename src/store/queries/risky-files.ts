import { sep } from 'node:path';
import { z } from 'zod';
import { oneNumber } from '../columns.ts';
import type { Connection } from '../connection.ts';

/** File that crashed a thread, or the whole program, while it was read. */
export interface RiskyFile {
  /** Absolute path. */
  readonly path: string;
  readonly bytes: number;
  /** Modification time, milliseconds since 1970. */
  readonly modified: number;
  readonly inode: number;
  /** Number of crashes. */
  readonly losses: number;
}

const riskyRow = z.object({
  path: z.string(),
  bytes: z.number(),
  modified: z.number(),
  inode: z.number(),
  losses: z.number(),
});

export class RiskyFileQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  list(project: number): RiskyFile[] {
    const sql =
      'SELECT path, bytes, modified, inode, losses FROM risky_files WHERE project = ? ORDER BY path';
    return this.#connection.all(riskyRow, sql, project);
  }

  /** Counts a crash and returns their number; for a file that has changed it restarts at 1. */
  count(project: number, { path, bytes, modified, inode }: Omit<RiskyFile, 'losses'>): number {
    const sql = `INSERT INTO risky_files VALUES (:project, :path, :bytes, :modified, :inode, 1)
      ON CONFLICT (project, path) DO UPDATE SET
        losses = CASE WHEN bytes = :bytes AND modified = :modified AND inode = :inode
          THEN losses + 1 ELSE 1 END,
        bytes = :bytes, modified = :modified, inode = :inode
      RETURNING losses AS value`;
    return this.#connection.one(oneNumber, sql, { project, path, bytes, modified, inode }).value;
  }

  /** Forgets a file, or all files in a folder. */
  forget(project: number, place: string): void {
    const below = place.endsWith(sep) ? place : place + sep;
    this.#connection.run(
      `DELETE FROM risky_files WHERE project = :project
         AND (path = :place OR (path >= :below AND path < :beyond))`,
      { project, place, below, beyond: `${below}\u{10ffff}` },
    );
  }
}
