import { z } from 'zod';
import { flag } from '../columns.ts';
import type { Connection } from '../connection.ts';

export interface FetchedCard {
  readonly card: string;
  /** SHA-256 of its weights, as downloaded. */
  readonly sha256: string;
  /** True if it equalled the SHA-256 pinned in the catalogue. */
  readonly isVerified: boolean;
}

const fetchedRow = z.object({ card: z.string(), sha256: z.string(), isVerified: flag });

/** Queries of the catalogue's teachers that were downloaded to the workspace. */
export class FetchedCardQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Saves a download. Unchanged content stays verified, since a file found on the disk is not checked again.
   */
  save({ card, sha256, isVerified }: FetchedCard): void {
    this.#connection.run(
      `INSERT INTO fetched_cards (card, sha256, is_verified) VALUES (:card, :sha256, :isVerified)
       ON CONFLICT (card) DO UPDATE SET sha256 = excluded.sha256,
         is_verified = max(excluded.is_verified, is_verified AND sha256 = excluded.sha256)`,
      { card, sha256, isVerified: Number(isVerified) },
    );
  }

  list(): FetchedCard[] {
    const sql = 'SELECT card, sha256, is_verified AS isVerified FROM fetched_cards ORDER BY card';
    return this.#connection.all(fetchedRow, sql);
  }

  remove(card: string): void {
    this.#connection.run('DELETE FROM fetched_cards WHERE card = ?', card);
  }
}
