import type { ElectronApplication } from 'playwright-core';
import { expect } from 'vitest';

// The system's dialogs cannot be clicked by a test: their answers are given in their place.

interface Counted {
  answered: number;
}

/** What the next dialogs for a folder or a file answer; undefined: the person cancels. */
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

/** Waits until a dialog has answered what was chosen last. */
export async function openAnswered(app: ElectronApplication): Promise<void> {
  const answered = (): Promise<number> =>
    app.evaluate(() => (globalThis as unknown as Counted).answered);
  await expect.poll(answered).toBeGreaterThan(0);
}

/** What the next dialogs for saving answer. */
export async function chooseSave(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
  }, path);
}
