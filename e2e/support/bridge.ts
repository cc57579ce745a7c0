import type { Page } from 'playwright-core';
import type { Answer } from '../../src/contract/app.ts';

/** What the preload script put on the page's window, as seen from a test that sends anything. */
export interface PageWindow {
  readonly understudy: {
    request(id: unknown, method: unknown, params: unknown): Promise<Answer<unknown>>;
    listen(listener: (name: string, content: unknown) => void): () => void;
  };
  heard?: { name: string; content: unknown }[];
}

let lastRequest = 1_000_000;

/** Asks as the page would, but with whatever parameters. */
export function ask(page: Page, method: unknown, params: unknown): Promise<Answer<unknown>> {
  return page.evaluate(
    ({ id, method, params }) =>
      (globalThis as unknown as PageWindow).understudy.request(id, method, params),
    { id: ++lastRequest, method, params },
  );
}

/** Keeps every event from now on; `heardBy` gives those of a name. */
export async function listenTo(page: Page): Promise<void> {
  await page.evaluate(() => {
    const window = globalThis as unknown as PageWindow;
    const heard: { name: string; content: unknown }[] = [];
    window.heard = heard;
    window.understudy.listen((name, content) => heard.push({ name, content }));
  });
}

export async function heardBy(page: Page, name: string): Promise<unknown[]> {
  const heard = await page.evaluate(() => (globalThis as unknown as PageWindow).heard ?? []);
  return heard.filter((event) => event.name === name).map(({ content }) => content);
}
