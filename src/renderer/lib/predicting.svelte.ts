import { hasEnded } from '../../contract/app.ts';
import type { EventOf, Run } from '../../contract/app.ts';
import { text } from '../text/index.ts';
import { call, listen } from './client.ts';
import { notices } from './notices.svelte.ts';

type Progress = EventOf<'predict.progress'>;

/** Which images are predicted: see `run.predictMasks`. */
export type PredictedGroup = 'unlabelled' | 'all';

/** A student at work on masks of images, whichever step is in sight. */
class Predicting {
  /** How far it is; null while it does not work. */
  progress: Progress | null = $state.raw(null);
  /** The project whose predicted images are to be shown, as somebody asked for them. */
  wanted: number | null = $state(null);
  isStopping = $state(false);
  #isAsked = false;

  /** Listens from now on; returns a function that ends it. */
  start(): () => void {
    const disposers = [
      listen('predict.progress', (progress) => {
        // One from before a reload ends with its last image.
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
        ...{ run: id, images },
      });
      const [first] = skipped;
      if (cancelled) notices.add('attention', text.predicting.stopped(predicted));
      else if (first === undefined) notices.add('done', text.predicting.done(predicted));
      else {
        notices.add('attention', text.predicting.doneSome(predicted, skipped.length), {
          details: skipped.map(({ path, reason }) => `${path}: ${reason}`).join('\n'),
        });
      }
    } catch (error) {
      notices.fail(error);
    } finally {
      this.#isAsked = false;
      this.isStopping = false;
      this.progress = null;
    }
  }

  /** What was predicted stays. */
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
