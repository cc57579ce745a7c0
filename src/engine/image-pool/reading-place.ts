import {
  closeSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';

/**
 * Record of the file that a thread is reading, readable from outside in two places: in memory shared with the engine,
 * for a thread that crashes or hangs, and in a small file, for a process that crashes with all its threads.
 */

/** Most bytes of a path; longer paths are truncated and then match no file. */
const pathBytes = 4096;
const encoder = new TextEncoder();

export function newPlace(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(2 + pathBytes));
}

/** @param path current file; empty for none */
export function writePlace(place: Uint8Array, path: string): void {
  const { written } = encoder.encodeInto(path, place.subarray(2));
  place[0] = written & 255;
  place[1] = written >> 8;
}

/** Reads the current file; undefined for none. */
export function readPlace(place: Uint8Array): string | undefined {
  const length = (place[0] ?? 0) + 256 * (place[1] ?? 0);
  return length === 0 ? undefined : Buffer.from(place.slice(2, 2 + length)).toString('utf8');
}

let markers = 0;

/** Returns a new name in the folder of marks, unique among the lanes of this process. */
export function newMarker(folder: string): string {
  return join(folder, `${process.pid}-${++markers}`);
}

export function removeMarker(marker: string): void {
  rmSync(marker, { force: true });
}

/**
 * Mark file with the path of the file being read; empty while there is none. It is not flushed to the disk, which
 * would take milliseconds per file: written data survives the process anyway.
 */
export class ReadingMark {
  readonly #path: string;
  #file: number | undefined;
  readonly #bytes = Buffer.alloc(2 + pathBytes);

  /** @param path mark file; its folder is created if missing */
  constructor(path: string) {
    this.#path = path;
  }

  write(path: string): void {
    writePlace(this.#bytes, path);
    const length = 2 + this.#bytes.readUInt16LE(0);
    try {
      this.#file ??= openMark(this.#path);
      writeSync(this.#file, this.#bytes, 0, length, 0);
    } catch {
      // A workspace that is not writable is reported when it matters.
    }
  }

  clear(): void {
    try {
      if (this.#file !== undefined) ftruncateSync(this.#file);
    } catch {
      if (this.#file !== undefined) closeSync(this.#file);
      this.#file = undefined;
    }
  }
}

function openMark(path: string): number {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  return openSync(path, 'w', 0o600);
}

/**
 * Reads and removes the marks of crashed processes: the files that they were reading. Must be called only while no
 * other process has the workspace open.
 */
export function takeMarks(folder: string): string[] {
  const paths: string[] = [];
  for (const name of namesIn(folder)) {
    const path = readMark(join(folder, name));
    if (path !== undefined) paths.push(path);
    removeMarker(join(folder, name));
  }
  return paths;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readMark(marker: string): string | undefined {
  try {
    return readPlace(readFileSync(marker));
  } catch {
    return undefined;
  }
}
