import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { writeSample } from '../../src/engine/images/sample.ts';
import type { LaunchedApp } from './app.ts';
import { chooseOpen } from './dialogs.ts';

interface WantedCells {
  readonly perClass: number;
  readonly seed: number;
}

/** Writes generated blood cells into class folders of `train` and `test`, without masks. */
export async function writeCellClasses(out: string, wanted: WantedCells): Promise<void> {
  const context = { signal: new AbortController().signal, report: () => undefined };
  await writeSample({ set: 'cells', out, ...wanted }, context);
  await rm(join(out, 'masks'), { recursive: true });
}

/** Creates a project on the page for a new one, and imports a folder. */
export async function createProject(
  { app, page }: LaunchedApp,
  name: string,
  domain: string,
  folder: string,
): Promise<void> {
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
  await page.getByText(domain, { exact: true }).click();
  await page.getByRole('button', { name: 'Create project' }).click();
  await page.getByRole('heading', { level: 1, name: 'Images' }).waitFor();
  await chooseOpen(app, folder);
  await page.getByRole('button', { name: 'Add a folder' }).first().click();
  await page.getByRole('button', { name: /^Add \d (?:images?|files?)$/ }).click();
  // An image opened earlier is shown without those imported later.
  await page.getByText(/^\d images? (was|were) added\.$/).waitFor();
  await page.locator('[role=option] img').first().waitFor();
}

/** Opens the latest project of the start page, which has no images yet. */
export async function openLatestProject(page: Page): Promise<void> {
  await page.reload();
  await page.locator('article').first().click();
  await page.getByRole('heading', { level: 1, name: 'Images' }).waitFor();
}
