import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LaunchedApp } from './app.ts';
import { settled } from './settled.ts';

const folder = join(import.meta.dirname, '..', '..', 'out', 'screenshots');

/** Writes the window as it is, dark and light, to out/screenshots, for whoever changes the page to look at. */
export async function photograph({ page }: LaunchedApp, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await settled(page);
    await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`) });
  }
}
