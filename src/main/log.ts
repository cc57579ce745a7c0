import { appendFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { makePrivate, makePrivateFolder } from './private-place.ts';

const limit = 5 * 1024 * 1024;
/** Older files beside the current one. */
const kept = 2;

/**
 * The log file: what the engine says on its error output, and what goes wrong here. It stays on this
 * machine; a person opens it from the Help menu. Written synchronously, so that the last words before a
 * crash are in it. A log that cannot be written must not stop the work, so its errors are dropped.
 */
export class Log {
  readonly file: string;
  #size: number;

  constructor(file: string) {
    this.file = file;
    makePrivateFolder(dirname(file));
    // Those that an earlier version wrote.
    for (const path of [file, ...olderFiles(file)]) makePrivate(path, 0o600);
    this.#size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Text as it comes, already with line breaks. */
  append(text: string): void {
    try {
      if (this.#size > limit) this.#rotate();
      appendFileSync(this.file, text, { mode: 0o600 });
      this.#size += Buffer.byteLength(text);
    } catch {
      // A full disk, say: the work tells about that where it matters.
    }
  }

  /** A line of this process. */
  note(message: string): void {
    this.append(`${new Date().toISOString()} window: ${message}\n`);
  }

  /** Deletes what was logged so far: it may name files of a project that was removed. */
  clear(): void {
    try {
      for (const path of [this.file, ...olderFiles(this.file)]) rmSync(path, { force: true });
      this.#size = 0;
    } catch {
      // As in `append`.
    }
  }

  /** understudy.log → understudy.log.1 → understudy.log.2 → gone. */
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
