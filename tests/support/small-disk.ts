import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeSync, openSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** A file system of its own, in memory, to be filled or made read-only: root alone may have one. */
export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @throws where none may be mounted */
  static mount(megabytes: number): SmallDisk {
    if (process.platform !== 'linux') throw new Error('only Linux has tmpfs');
    const path = mkdtempSync(join(tmpdir(), 'understudy-disk-'));
    try {
      run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path);
    } catch (error) {
      rmSync(path, { recursive: true });
      throw error;
    }
    return new SmallDisk(path);
  }

  /** Why none can be mounted here; empty where it can. */
  static get absence(): string {
    try {
      SmallDisk.mount(1).unmount();
      return '';
    } catch {
      return ' (skipped: no file system may be mounted here)';
    }
  }

  /** Leaves no byte free. Returns what frees them. */
  fill(): () => void {
    const filler = join(this.path, 'filler');
    const file = openSync(filler, 'w');
    try {
      // The last page too: a write may end short before it fails.
      for (const size of [2 ** 20, 2 ** 12, 1]) {
        const bytes = Buffer.alloc(size, 1);
        try {
          for (;;) if (writeSync(file, bytes) < size) break;
        } catch {
          // Full.
        }
      }
    } finally {
      closeSync(file);
    }
    return () => {
      rmSync(filler);
    };
  }

  makeReadOnly(): void {
    run('mount', '-o', 'remount,ro', this.path);
  }

  unmount(): void {
    // Lazily: a process may still be ending in it.
    run('umount', '-l', this.path);
    rmSync(this.path, { recursive: true });
  }
}

function run(command: string, ...words: string[]): void {
  execFileSync(command, words, { stdio: 'ignore' });
}
