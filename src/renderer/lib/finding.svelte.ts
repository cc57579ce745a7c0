import { hasEnded } from '../../contract/app.ts';
import type { EventOf } from '../../contract/app.ts';
import { text } from '../text/index.ts';
import { call, listen } from './client.ts';
import { endedWork } from './ended-work.svelte.ts';
import { failureText } from './error-message.ts';
import { notices } from './notices.svelte.ts';

type Progress = EventOf<'review.progress'>;

/** Progress of building the review queue with a student, independent of the current step. */
class Finding {
  /** Progress; null while idle. */
  progress: Progress | null = $state.raw(null);
  /** ID of the project whose review queue is ready and should be shown. */
  wanted: number | null = $state(null);

  /** Starts listening to the engine's events; returns a function that stops it. */
  start(): () => void {
    const disposers = [
      listen('review.progress', (progress) => {
        // No call here awaits work from before a reload: its last image ends it.
        const isOver = this.progress === null && progress.done >= progress.total;
        this.progress = isOver ? null : progress;
      }),
      listen('engine.state', ({ state }) => {
        if (hasEnded(state)) this.progress = null;
      }),
    ];
    return () => {
      for (const dispose of disposers) dispose();
    };
  }

  async find(project: number): Promise<void> {
    if (this.progress !== null) return;
    this.progress = { project, done: 0, total: 0, secondsLeft: null };
    try {
      const { images, skipped } = await call('review.find', { project });
      this.wanted = project;
      const message = text.review.found(images, skipped);
      endedWork.report({
        project,
        kind: 'done',
        message,
        step: 'labels',
        open: text.ended.openLabels,
      });
    } catch (error) {
      const failure = failureText(error);
      if (failure !== null) {
        endedWork.report({
          project,
          kind: 'loss',
          step: 'labels',
          open: text.ended.openLabels,
          ...failure,
        });
      }
    } finally {
      this.progress = null;
    }
  }

  async stop(): Promise<void> {
    if (this.progress === null) return;
    try {
      await call('review.stop', { project: this.progress.project });
    } catch (error) {
      notices.fail(error);
    }
  }
}

export const finding = new Finding();
