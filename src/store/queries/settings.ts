import { z } from 'zod';
import { storedDownloads } from '../../contract/catalogue.ts';
import type { StoredDownloads } from '../../contract/catalogue.ts';
import { json, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';

const textRow = z.object({ value: json(z.string().max(200)) });
const downloadsRow = z.object({ value: json(storedDownloads) });

/** Queries of settings shared by all projects. */
export class SettingsQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Returns the download settings; empty at first. */
  downloads(): StoredDownloads {
    const sql = `SELECT value FROM settings WHERE name = 'downloads'`;
    return (
      this.#connection.get(downloadsRow, sql)?.value ?? {
        mirror: null,
        proxy: null,
        plainHttp: false,
      }
    );
  }

  /**
   * Returns the mark of the last opening with services (see engine/files/workspace-origin); null if there was none.
   */
  openingMark(): string | null {
    return this.#text('opening');
  }

  saveOpeningMark(mark: string): void {
    this.#saveText('opening', mark);
  }

  /** Returns the fingerprint of the secret that keys groups; null if there is no secret yet. */
  secretFingerprint(): string | null {
    return this.#text('secret');
  }

  saveSecretFingerprint(fingerprint: string): void {
    this.#saveText('secret', fingerprint);
  }

  #text(name: string): string | null {
    const sql = 'SELECT value FROM settings WHERE name = ?';
    return this.#connection.get(textRow, sql, name)?.value ?? null;
  }

  #saveText(name: string, text: string): void {
    this.#connection.run(
      'INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)',
      name,
      JSON.stringify(text),
    );
  }

  saveDownloads(settings: StoredDownloads): void {
    this.#connection.run(
      `INSERT OR REPLACE INTO settings (name, value) VALUES ('downloads', :value)`,
      { value: toJson(storedDownloads, settings) },
    );
  }
}
