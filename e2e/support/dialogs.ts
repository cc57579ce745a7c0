import type { ElectronApplication } from 'playwright-core';
import { expect } from 'vitest';

// A test cannot click the system's dialogs, so it provides their answers.

interface Counted {
  answered: number;
}

/** Sets the answers of the next dialogs for a folder or a file; undefined: the user cancels. */
export async function chooseOpen(app: ElectronApplication, path?: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    const counted = globalThis as unknown as Counted;
    counted.answered = 0;
    dialog.showOpenDialog = () => {
      counted.answered++;
      return Promise.resolve({
        canceled: chosen === undefined,
        filePaths: chosen === undefined ? [] : [chosen],
      });
    };
  }, path);
}

/** Waits until a dialog has returned the latest choice. */
export async function openAnswered(app: ElectronApplication): Promise<void> {
  const answered = (): Promise<number> =>
    app.evaluate(() => (globalThis as unknown as Counted).answered);
  await expect.poll(answered).toBeGreaterThan(0);
}

/** Sets the answers of the next dialogs for saving. */
export async function chooseSave(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
  }, path);
}
