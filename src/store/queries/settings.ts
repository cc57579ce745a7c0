import { z } from 'zod';
import { downloadSettings } from '../../contract/catalogue.ts';
import type { DownloadSettings } from '../../contract/catalogue.ts';
import { json, toJson } from '../columns.ts';
import type { Connection } from '../connection.ts';

const downloadsRow = z.object({ value: json(downloadSettings) });

/** What is set once for all projects. */
export class SettingsQueries {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** How files are fetched; nothing of it is set at first. */
  downloads(): DownloadSettings {
    const sql = `SELECT value FROM settings WHERE name = 'downloads'`;
    return (
      this.#connection.get(downloadsRow, sql)?.value ?? {
        mirror: null,
        proxy: null,
        plainHttp: false,
      }
    );
  }

  saveDownloads(settings: DownloadSettings): void {
    this.#connection.run(
      `INSERT OR REPLACE INTO settings (name, value) VALUES ('downloads', :value)`,
      { value: toJson(downloadSettings, settings) },
    );
  }
}
