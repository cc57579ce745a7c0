import { hasEnded } from '../../contract/app.ts';
import type { EventOf, Run } from '../../contract/app.ts';
import { text } from '../text/index.ts';
import { call, listen } from './client.ts';
import { endedWork } from './ended-work.svelte.ts';
import type { EndedWork } from './ended-work.ts';
import { failureText } from './error-message.ts';
import { notices } from './notices.svelte.ts';

type Progress = EventOf<'predict.progress'>;

/** Images to predict: see `run.predictMasks`. */
export type PredictedGroup = 'unlabelled' | 'all';

/** Progress of predicting masks with a student, independent of the current step. */
class Predicting {
  /** Progress; null while idle. */
  progress: Progress | null = $state.raw(null);
  /** ID of the project whose predicted images should be shown. */
  wanted: number | null = $state(null);
  isStopping = $state(false);
  #isAsked = false;

  /** Starts listening to the engine's events; returns a function that stops it. */
  start(): () => void {
    const disposers = [
      listen('predict.progress', (progress) => {
        // No call here awaits work from before a reload: its last image ends it.
        const isOver = !this.#isAsked && progress.done >= progress.total;
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

  async predict(
    { id, project }: Pick<Run, 'id' | 'project'>,
    images: PredictedGroup,
  ): Promise<void> {
    if (this.progress !== null) return;
    this.#isAsked = true;
    this.progress = { run: id, project, done: 0, total: 0, part: 0, secondsLeft: null };
    try {
      const {
        images: predicted,
        skipped,
        cancelled,
      } = await call('run.predictMasks', {
        run: id,
        images,
      });
      const [first] = skipped;
      const place = { project, step: 'labels', open: text.ended.openLabels } as const;
      const report = (kind: EndedWork['kind'], message: string, details?: string): void => {
        endedWork.report({ ...place, kind, message, details });
      };
      if (cancelled) report('attention', text.predicting.stopped(predicted));
      else if (first === undefined) report('done', text.predicting.done(predicted));
      else {
        const details = skipped.map(({ path, reason }) => `${path}: ${reason}`).join('\n');
        report('attention', text.predicting.doneSome(predicted, skipped.length), details);
      }
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
      this.#isAsked = false;
      this.isStopping = false;
      this.progress = null;
    }
  }

  /** Stops predicting; finished predictions are kept. */
  async stop(): Promise<void> {
    if (this.progress === null) return;
    this.isStopping = true;
    try {
      await call('run.stopPredicting', { run: this.progress.run });
    } catch (error) {
      this.isStopping = false;
      notices.fail(error);
    }
  }
}

export const predicting = new Predicting();
