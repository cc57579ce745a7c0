import { app, dialog } from 'electron';
import type { BrowserWindow } from 'electron';
import { z } from 'zod';
import { events, hasEnded, runState } from '../../contract/app.ts';
import type { EventName } from '../../contract/app.ts';
import { closingText, windowText } from '../../text/index.ts';

const runEvent = z.object({ id: z.number(), state: runState });

const removedEvent = z.object({ run: z.number() });

const pauseAndClose = 0;
const keepGoing = 1;

/**
 * Closing of the window during a run: pause and close, or keep going without a window, as the user chooses. A run
 * paused in this way continues when the app is opened again.
 */
export class Closing {
  readonly #atWork = new Set<number>();
  #window: BrowserWindow | null = null;
  #isDecided = false;

  /** Receives every event of the engine. */
  hear(name: EventName, content: unknown): void {
    // Another engine or workspace reports by itself which runs it continues. A silent engine continues its runs.
    const engine = name === 'engine.state' ? events[name].safeParse(content).data : undefined;
    if (engine && hasEnded(engine.state)) this.#atWork.clear();
    const removed = name === 'run.removed' ? removedEvent.safeParse(content).data : undefined;
    const run = name === 'run.changed' ? runEvent.safeParse(content).data : undefined;
    if (!run && !removed) return;
    if (removed) this.#atWork.delete(removed.run);
    if (run?.state === 'running' || run?.state === 'queued') this.#atWork.add(run.id);
    else if (run) this.#atWork.delete(run.id);
    // The window was hidden during the last run, so the app can end.
    if (this.#atWork.size === 0 && this.#window?.isVisible() === false) this.#quit();
  }

  watch(window: BrowserWindow): void {
    this.#window = window;
    window.on('close', (event) => {
      if (this.#isDecided || this.#atWork.size === 0) return;
      event.preventDefault();
      void this.#ask(window);
    });
    window.on('closed', () => {
      this.#window = null;
    });
  }

  async #ask(window: BrowserWindow): Promise<void> {
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: closingText.distilling,
      detail: closingText.choice,
      buttons: [closingText.pause, closingText.keepGoing, windowText.cancel],
      defaultId: pauseAndClose,
      cancelId: 2,
    });
    if (response === pauseAndClose) this.#quit();
    else if (response === keepGoing) window.hide();
  }

  #quit(): void {
    this.#isDecided = true;
    app.quit();
  }
}
