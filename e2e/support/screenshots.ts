import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { LaunchedApp } from './app.ts';
import { settled } from './settled.ts';

const folder = join(import.meta.dirname, '..', '..', 'out', 'screenshots');

/**
 * Writes screenshots of the app, dark and light, to out/screenshots, to be inspected after changes of the page.
 *
 * @throws Error if something visible is wider than its panel, if text is squeezed to a column of single words, or if
 * text is cut and cannot be read anywhere in full
 */
export async function photograph({ page }: LaunchedApp, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
  const faults = [
    ...(await tooNarrowPanels(page)).map((panel) => `wider inside than outside: ${panel}`),
    ...(await squeezedTexts(page)).map((text) => `squeezed to a column of words: ${text}`),
    ...(await cutTexts(page)).map((text) => `cut, and in no title either: ${text}`),
  ];
  if (faults.length > 0) throw new Error(`On ${name}, ${faults.join('; ')}`);
}

/** Sentences with hardly any line of two words. */
function squeezedTexts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body *')].flatMap((element) => {
      const nodes = [...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE);
      const text = nodes.map(({ textContent }) => textContent).join(' ');
      const words = text.trim().split(/\s+/).length;
      // Elements only for screen readers have one pixel.
      const isSeen = element.checkVisibility() && element.getBoundingClientRect().width > 1;
      if (words < 5 || !isSeen) return [];
      const lines = new Set<number>();
      for (const node of nodes) {
        const range = document.createRange();
        range.selectNodeContents(node);
        for (const { top, width } of range.getClientRects())
          if (width > 0) lines.add(Math.round(top));
      }
      return lines.size >= 4 && words / lines.size < 1.7 ? [text.trim()] : [];
    }),
  );
}

/** Returns texts that end in an ellipsis, unless a title has it in full. */
function cutTexts(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body *')]
      .filter((element) => {
        const { textOverflow } = getComputedStyle(element);
        if (textOverflow !== 'ellipsis' || element.matches('input')) return false;
        if (!element.checkVisibility() || element.closest('[title]') !== null) return false;
        return element.scrollWidth > element.clientWidth + 1;
      })
      .map(({ textContent }) => textContent.trim()),
  );
}

/** Returns panels, other than code and text fields, that scroll sideways or hide content that does not fit. */
function tooNarrowPanels(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('body, body *')]
      .filter((element) => {
        if (element.matches('pre, code, input, textarea')) return false;
        const { overflowX, overflowY } = getComputedStyle(element);
        const scrolls =
          [overflowX, overflowY].some((one) => one === 'auto' || one === 'scroll') ||
          element === document.body;
        return scrolls && element.scrollWidth > element.clientWidth + 1;
      })
      .map((element) => {
        const { tagName, className, scrollWidth, clientWidth } = element;
        return `${tagName.toLowerCase()}.${className} (${String(scrollWidth)} > ${String(clientWidth)} px)`;
      }),
  );
}
