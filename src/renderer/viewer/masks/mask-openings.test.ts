import { describe, expect, it } from 'vitest';
import { MaskOpenings } from './mask-openings.ts';
import type { EditedImage } from './mask-session.svelte.ts';
import type { MaskPainter } from './edits/painter.ts';

const imageOf = (id: number): EditedImage => ({ id, name: `${id}.png`, width: 9, height: 9 });

/** Openings whose requests wait until the test answers them. */
function editor() {
  const requests: { image: number; answer: (error?: Error) => Promise<void> }[] = [];
  const opened: number[] = [];
  const failures: unknown[] = [];
  const painted: string[] = [];
  const waits: boolean[] = [];
  const openings = new MaskOpenings<{ image: EditedImage; painter: MaskPainter }>({
    open: (image, signal) =>
      new Promise((resolve, reject) => {
        const mask = { image, painter: { of: image.id } as unknown as MaskPainter };
        signal.addEventListener('abort', () => {
          reject(signal.reason as Error);
        });
        requests.push({
          image: image.id,
          answer: async (error) => {
            if (error === undefined) resolve(mask);
            else reject(error);
            await new Promise((over) => setTimeout(over));
          },
        });
      }),
    opened: ({ image }) => opened.push(image.id),
    failed: (error) => failures.push(error),
    waits: (isBusy) => waits.push(isBusy),
  });
  const paint = (image: number, name: string): void => {
    openings.wait(imageOf(image), (painter) => {
      painted.push(`${name} on ${(painter as unknown as { of: number }).of}`);
    });
  };
  return { openings, requests, opened, failures, painted, waits, paint };
}

describe('masks that are being opened', () => {
  it('applies queued edits in their order once the mask is open', async () => {
    const { openings, requests, opened, painted, waits, paint } = editor();
    const over = openings.open(imageOf(1));
    paint(1, 'first');
    paint(1, 'second');
    expect(openings.isBusy).toBe(true);
    await requests[0]?.answer();
    await over;
    expect(opened).toEqual([1]);
    expect(painted).toEqual(['first on 1', 'second on 1']);
    expect([openings.isBusy, waits.at(-1)]).toEqual([false, false]);
    expect(requests).toHaveLength(1);
  });

  it('paints on the image that was meant, though another is looked at when its mask is open', async () => {
    const { openings, requests, painted, paint } = editor();
    void openings.open(imageOf(1));
    paint(1, 'stroke');
    openings.leave(1);
    void openings.open(imageOf(2));
    await requests[1]?.answer();
    expect(painted).toEqual([]);
    await requests[0]?.answer();
    expect(painted).toEqual(['stroke on 1']);
  });

  it('opens no mask that nobody looks at or paints on', async () => {
    const { openings, requests, opened, failures } = editor();
    const over = openings.open(imageOf(1));
    openings.leave(1);
    await over;
    await requests[0]?.answer();
    expect([opened, failures]).toEqual([[], []]);
  });

  it('keeps queued edits if opening fails, and applies them after a retry', async () => {
    const { openings, requests, failures, painted, paint } = editor();
    void openings.open(imageOf(1));
    paint(1, 'stroke');
    await requests[0]?.answer(new Error('the engine has gone'));
    expect([painted, failures.length, openings.isBusy]).toEqual([[], 1, true]);
    openings.retry();
    openings.retry();
    expect(requests).toHaveLength(2);
    await requests[1]?.answer();
    expect(painted).toEqual(['stroke on 1']);
  });

  it('discards queued edits of a removed image', async () => {
    const { openings, requests, failures, painted, paint } = editor();
    paint(1, 'stroke');
    await requests[0]?.answer(Object.assign(new Error('gone'), { code: 'not-found' }));
    expect([painted, failures.length, openings.isBusy]).toEqual([[], 1, false]);
  });

  it('paints once where an image is looked at again before its mask is open', async () => {
    const { openings, requests, painted, paint } = editor();
    void openings.open(imageOf(1));
    paint(1, 'stroke');
    openings.leave(1);
    void openings.open(imageOf(1));
    await requests[0]?.answer();
    await requests[1]?.answer();
    expect(painted).toEqual(['stroke on 1']);
  });
});
