import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { LaunchedApp } from './app.ts';
import { settled } from './settled.ts';

const folder = join(import.meta.dirname, '..', '..', 'out', 'screenshots');

/**
 * Writes the window as it is, dark and light, to out/screenshots, for whoever changes the page to look at.
 *
 * @throws Error where something in sight is wider than the panel that holds it
 */
export async function photograph({ page }: LaunchedApp, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
  const tooNarrow = await tooNarrowPanels(page);
  if (tooNarrow.length > 0) {
    throw new Error(`On ${name} these are wider inside than outside: ${tooNarrow.join('; ')}`);
  }
}

/** Panels, other than code and text fields, that scroll sideways or hide what does not fit. */
function tooNarrowPanels(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body, body *')]
      .filter((element) => {
        if (element.matches('pre, code, input, textarea')) return false;
        const { overflowX } = getComputedStyle(element);
        const scrolls = overflowX === 'auto' || overflowX === 'scroll' || element === document.body;
        return scrolls && element.scrollWidth > element.clientWidth + 1;
      })
      .map((element) => {
        const { tagName, className, scrollWidth, clientWidth } = element;
        return `${tagName.toLowerCase()}.${className} (${String(scrollWidth)} > ${String(clientWidth)} px)`;
      }),
  );
}
