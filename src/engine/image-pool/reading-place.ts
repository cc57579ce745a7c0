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

/*
 * Which file a thread is at is known outside of it in two places: in memory that the engine shares, for a thread
 * that ends or hangs, and in a small file, for a process that ends with all its threads.
 */

/** Bytes of a path that are kept; longer ones are cut, and then named by nobody. */
const pathBytes = 4096;
const encoder = new TextEncoder();

export function newPlace(): Uint8Array {
  return new Uint8Array(new SharedArrayBuffer(2 + pathBytes));
}

/** @param path empty: at no file */
export function writePlace(place: Uint8Array, path: string): void {
  const { written } = encoder.encodeInto(path, place.subarray(2));
  place[0] = written & 255;
  place[1] = written >> 8;
}

/** Undefined where the thread was at no file. */
export function readPlace(place: Uint8Array): string | undefined {
  const length = (place[0] ?? 0) + 256 * (place[1] ?? 0);
  return length === 0 ? undefined : Buffer.from(place.slice(2, 2 + length)).toString('utf8');
}

let markers = 0;

/** A name in the folder of marks that no other lane of this process has. */
export function newMarker(folder: string): string {
  return join(folder, `${process.pid}-${++markers}`);
}

export function removeMarker(marker: string): void {
  rmSync(marker, { force: true });
}

/**
 * Holds the path of the file that is being read, and nothing while none is. It is not forced to the disk, which
 * would take milliseconds a file: what a process has written outlives the process.
 */
export class ReadingMark {
  readonly #path: string;
  #file: number | undefined;
  readonly #bytes = Buffer.alloc(2 + pathBytes);

  /** @param path in a folder that is made where it is missing */
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
      // A workspace that cannot be written to fails where that matters.
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
 * The files that processes were reading when they ended, from their marks, which are removed. To be called while no
 * other process has the workspace.
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
