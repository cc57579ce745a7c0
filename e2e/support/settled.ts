import type { Page } from 'playwright-core';

/** Waits until the page stands still: transitions have ended, and pictures in sight are there. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // What has just changed moves from the next frame on.
    await frame();
    await frame();
    const ending = document.getAnimations().filter(({ effect, playState }) => {
      const target = effect instanceof KeyframeEffect ? effect.target : null;
      // Inside a fold that is closed time stands still.
      if (target?.checkVisibility() === false) return false;
      return playState === 'running' && effect?.getComputedTiming().endTime !== Infinity;
    });
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
  await page.waitForFunction(() =>
    [...document.images].every((image) => {
      const { bottom, right, top, left } = image.getBoundingClientRect();
      const isInSight = bottom > 0 && right > 0 && top < innerHeight && left < innerWidth;
      return image.complete || !isInSight;
    }),
  );
}
