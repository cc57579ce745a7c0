import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Run } from '../src/contract/app.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { chooseSave } from './support/dialogs.ts';
import { waitForStep } from './support/sample-project.ts';
import { photograph } from './support/screenshots.ts';

// The sample from the first click to the saved file, in the real app with a real distillation.

describe('the whole workflow with the sample', () => {
  let launched: LaunchedApp;
  const folder = join(import.meta.dirname, '..', 'out', 'e2e');
  const saved = join(folder, 'student.onnx');

  beforeAll(async () => {
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    launched = await launchApp({ colorScheme: 'dark' });
  });
  afterAll(async () => {
    await launched.close();
  });

  const step = async (number: number, title: string): Promise<void> => {
    await launched.page.keyboard.press(`Alt+${number}`);
    await launched.page.getByRole('heading', { level: 1, name: title }).waitFor();
  };

  test('an empty start page explains itself, and opens the sample in one click', async () => {
    const { page } = launched;
    const open = page.getByRole('button', { name: 'Open the sample' });
    await open.waitFor();
    await photograph(launched, '01-start');
    await open.click();
    await page.getByRole('heading', { level: 1, name: 'Skip factor' }).waitFor();
  });

  test('every step shows the content of the sample', async () => {
    const { page } = launched;
    await step(1, 'Project');
    await photograph(launched, '02-project');
    await step(2, 'Images');
    await page.locator('[role=listbox] [role=option] img').first().waitFor();
    await photograph(launched, '03-images');
    await step(3, 'Labels');
    await photograph(launched, '04-labels');
    await step(4, 'Teacher');
    await page.getByText('ViT-Tiny, bundled').first().waitFor();
    await photograph(launched, '05-teacher');
    await step(5, 'Skip factor');
    await page.getByRole('button', { name: /^Distil 6 of 12 blocks/ }).waitFor();
    await page.getByText('as fast as the teacher').first().waitFor();
    // The device that it uses, and why no other.
    await page.getByText(/, \d+ images per second$/).waitFor();
    await page.getByText('Other devices').click();
    await page.getByText('Technical reasons').click();
    await page.getByText(/WebGPU found no GPU here|is a software emulation of a GPU/).waitFor();
    await page.getByText('Other devices').click();
    await photograph(launched, '06-skip');
  });

  test('the skip factor moves by keyboard, and shows its effect', async () => {
    const { page } = launched;
    const slider = page.getByRole('slider');
    await slider.focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('button', { name: /^Distil 4 of 12 blocks/ }).waitFor();
    await photograph(launched, '07-skip-3');
  });

  test('distils, pauses, continues, and shows a result', async () => {
    const { page } = launched;
    await page.getByRole('button', { name: /^Distil 4 of 12 blocks/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Distil' }).waitFor();
    await page
      .getByText(/^Loss: difference/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    const resume = page.getByRole('button', { name: /^Resume from step|^Start again/ });
    await resume.waitFor();
    // It replaced the pressed button, and has its focus.
    await expect
      .poll(() => resume.evaluate((button) => button === document.activeElement))
      .toBe(true);
    await resume.click();
    await page.getByRole('button', { name: 'Pause' }).waitFor();
    await waitForStep(page, 1, 40);
    const seen = page.getByRole('region', { name: 'Features of teacher and student' });
    await seen
      .getByRole('img', { name: 'Student: features of the patches of image 4, as colours' })
      .waitFor();
    const maps = seen.getByRole('img', { name: /^(Teacher|Student): features/ });
    await expect.poll(() => maps.count()).toBe(8);
    await page
      .getByRole('img', { name: /^Line chart, .* After step \d+ the student is right/ })
      .waitFor();
    await photograph(launched, '08-distil');
    await page.getByRole('button', { name: 'See the result' }).click({ timeout: 900_000 });
    await page.getByRole('heading', { level: 1, name: 'Result' }).waitFor();
    await page.getByRole('gridcell').first().waitFor();
    await photograph(launched, '09-result');
  });

  test('saves one file that contains the model', async () => {
    const { app, page } = launched;
    await step(8, 'Export');
    await photograph(launched, '10-export');
    await chooseSave(app, saved);
    const save = page.getByRole('button', { name: /^Save (student|untrained copy)…/ });
    const export8 = page.getByRole('button', { name: /^Export, / });
    expect(await export8.getAttribute('aria-label')).not.toContain('done');
    await save.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Show in folder' }).waitFor();
    await expect
      .poll(() => save.evaluate((button) => button === document.activeElement))
      .toBe(true);
    await page.getByRole('button', { name: /^Export, done/ }).waitFor();
    await photograph(launched, '11-saved');
    expect((await stat(saved)).size).toBeGreaterThan(1_000_000);
    expect((await readFile(saved)).includes('understudy')).toBe(true);
  });

  test('an opened project shows its result again', async () => {
    const runs = await launched.page.evaluate(async () => {
      const { understudy } = globalThis as unknown as import('./support/bridge.ts').PageWindow;
      const answer = await understudy.request(9_999_999, 'run.list', { project: 1 });
      return answer.ok ? (answer.value as Run[]) : [];
    });
    expect(runs.map(({ state }) => state)).toEqual(['done']);
  });
});
