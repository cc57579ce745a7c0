import type { Page } from 'playwright-core';
import type { Answer, EngineMethod, Params, Result } from '../../src/contract/app.ts';

/**
 * Content of the page's window added by the preload script, as seen by a test that sends arbitrary messages.
 */
export interface PageWindow {
  readonly understudy: {
    request(id: unknown, method: unknown, params: unknown): Promise<Answer<unknown>>;
    listen(listener: (name: string, content: unknown) => void): () => void;
  };
  heard?: { name: string; content: unknown }[];
}

let lastRequest = 1_000_000;

/** Sends a request as the page would, but with arbitrary parameters. */
export function ask(page: Page, method: unknown, params: unknown): Promise<Answer<unknown>> {
  return page.evaluate(
    ({ id, method, params }) =>
      (globalThis as unknown as PageWindow).understudy.request(id, method, params),
    { id: ++lastRequest, method, params },
  );
}

/** Returns the engine's answer to a request. */
export async function answerOf<M extends EngineMethod>(
  page: Page,
  method: M,
  params: Params<M>,
): Promise<Result<M>> {
  const answer = await ask(page, method, params);
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value as Result<M>;
}

/** Collects every event from now on; `heardBy` returns those of a name. */
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
