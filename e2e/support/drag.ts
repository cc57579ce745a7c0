import type { Page } from 'playwright-core';

/**
 * Drags files or folders over the window and drops them, as the system does: the page gets real paths, which a
 * synthetic event cannot provide.
 *
 * @param paths absolute
 * @param over called before the drop, while the files are dragged over the page
 */
export async function dropOn(
  page: Page,
  paths: readonly string[],
  over: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const session = await page.context().newCDPSession(page);
  // Copying.
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const send = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', { type, x: 640, y: 400, data });
  try {
    await send('dragEnter');
    await send('dragOver');
    await over();
    await send('drop');
  } finally {
    await session.detach();
  }
}
