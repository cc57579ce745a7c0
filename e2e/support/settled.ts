import type { Page } from 'playwright-core';

/** Waits until the page is stable: transitions have ended, and visible pictures are loaded. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    // Changes start to animate in the next frame.
    await frame();
    await frame();
    const ending = document.getAnimations().filter(({ effect, playState }) => {
      const target = effect instanceof KeyframeEffect ? effect.target : null;
      // Inside a closed `details` element time stands still.
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
