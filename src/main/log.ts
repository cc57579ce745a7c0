import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makePrivate, makePrivateFolder } from './private-place.ts';

const limit = 5 * 1024 * 1024;
/** Number of older files next to the current one. */
const kept = 2;

/**
 * The log file: the engine's error output, and errors of this process. It stays on this computer; the user opens it
 * from the Help menu. It is written synchronously, so that it includes the last messages before a crash. Write errors
 * are ignored, because logging must not stop the app.
 */
export class Log {
  readonly file: string;
  #size: number;

  constructor(file: string) {
    this.file = file;
    makePrivateFolder(dirname(file));
    // Files that an earlier version wrote.
    for (const path of [file, ...olderFiles(file)]) makePrivate(path, 0o600);
    this.#size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Appends text as it is, already with line breaks. */
  append(text: string): void {
    try {
      if (this.#size > limit) this.#rotate();
      appendFileSync(this.file, text, { mode: 0o600 });
      this.#size += Buffer.byteLength(text);
    } catch {
      // For example a full disk, which the actual work reports.
    }
  }

  /** Appends a line of this process. */
  note(message: string): void {
    this.append(`${new Date().toISOString()} window: ${message}\n`);
  }

  /** Deletes everything logged so far: it may name files of a project that was removed. */
  clear(): void {
    try {
      for (const path of [this.file, ...olderFiles(this.file)]) rmSync(path, { force: true });
      this.#size = 0;
    } catch {
      // As in `append`.
    }
  }

  /** Renames understudy.log → understudy.log.1 → understudy.log.2, and deletes the oldest. */
  #rotate(): void {
    rmSync(`${this.file}.${kept}`, { force: true });
    for (let number = kept - 1; number >= 0; number--) {
      const from = number === 0 ? this.file : `${this.file}.${number}`;
      if (statSync(from, { throwIfNoEntry: false }) !== undefined) {
        renameSync(from, `${this.file}.${number + 1}`);
      }
    }
    this.#size = 0;
  }
}

function olderFiles(file: string): string[] {
  return Array.from({ length: kept }, (_, index) => `${file}.${index + 1}`);
}

/** Describes an error for the log or as the details of an answer. */
export function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
