import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../store.ts';

/** Creates a folder that is deleted when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'understudy-store-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

/** Creates an empty workspace that is deleted when the test ends. */
export function temporaryStore(): Store {
  const store = openStore(temporaryFolder());
  onTestFinished(() => {
    store.close();
  });
  return store;
}
