import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeSync, openSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** A separate file system in memory, to be filled or made read-only; only root can create one. */
export class SmallDisk {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @throws if none can be mounted */
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

  /** Reason why none can be mounted here; empty if it can. */
  static get absence(): string {
    try {
      SmallDisk.mount(1).unmount();
      return '';
    } catch {
      return ' (skipped: no file system may be mounted here)';
    }
  }

  /** Leaves no byte free. Returns a function that frees the space. */
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
          // The disk is full.
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
