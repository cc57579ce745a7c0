import type { ElectronApplication } from 'playwright-core';

// The system's dialogs cannot be clicked by a test: their answers are given in their place.

/** What the next dialogs for a folder or a file answer; undefined: the person cancels. */
export async function chooseOpen(app: ElectronApplication, path?: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showOpenDialog = () =>
      Promise.resolve({
        canceled: chosen === undefined,
        filePaths: chosen === undefined ? [] : [chosen],
      });
  }, path);
}

/** What the next dialogs for saving answer. */
export async function chooseSave(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath: chosen });
  }, path);
}
