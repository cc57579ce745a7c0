import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  byName,
  loginPage,
  openFileServer,
  serve,
  status,
  trickle,
} from '../src/engine/testing/file-server.ts';
import type { FileServer, Handler } from '../src/engine/testing/file-server.ts';
import { writeSmallTeacher, writeTinyTeacher } from '../tests/engine/support.ts';
import { launchApp } from './support/app.ts';
import type { LaunchedApp } from './support/app.ts';
import { axeFindings } from './support/axe.ts';
import { chooseOpen } from './support/dialogs.ts';
import { dropOn } from './support/drag.ts';
import { photograph } from './support/screenshots.ts';
import { settled } from './support/settled.ts';

// Teachers of the catalogue are downloaded from a server on this computer, which replaces all others.

describe('the teacher catalogue', () => {
  let launched: LaunchedApp;
  let server: FileServer;
  let folder: string;
  let teacher: Buffer;

  const card = (name: string) =>
    launched.page.getByRole('article').filter({
      has: launched.page.getByRole('heading', { level: 4, name, exact: true }),
    });
  const offer = (weights: Handler): void => {
    const settings = serve(Buffer.from('{}'));
    server.handlers = [
      byName({
        ...{ 'config.json': settings, 'preprocessor_config.json': settings },
        'model.safetensors': weights,
      }),
    ];
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'understudy-catalogue-'));
    await writeSmallTeacher(join(folder, 'teacher.safetensors'));
    teacher = await readFile(join(folder, 'teacher.safetensors'));
    server = await openFileServer();
    offer(status(404));
    launched = await launchApp({
      colorScheme: 'dark',
      // Only this computer is ever contacted, even if a test forgets to set the mirror.
      env: { HF_ENDPOINT: server.base },
    });
    const { page } = launched;
    await page.getByRole('button', { name: 'Open the sample' }).click();
    await page.getByRole('heading', { level: 1, name: 'Skip factor' }).waitFor();
    await page.keyboard.press('Alt+4');
    await page.getByRole('heading', { level: 2, name: 'More teachers' }).waitFor();
  });
  afterAll(async () => {
    await launched.close();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  test("states whether a teacher may be used in products, the project's domain first", async () => {
    const { page } = launched;
    const headings = page.getByRole('heading', { level: 3 });
    await expect
      .poll(() => headings.allTextContents())
      .toEqual(['For satellite and aerial images', 'For any images', 'For medical images']);
    const sentinel = card('Sentinel-2 DINO ViT-S/16');
    await sentinel.getByText('Commercial use: yes').waitFor();
    await sentinel.getByText('it requires naming its authors').waitFor();
    await sentinel.scrollIntoViewIfNeeded();
    await photograph(launched, 'catalogue');
    await page.getByText('For medical images').click();
    await card('Phikon').getByText('Commercial use: no').waitFor();
    const uni = card('UNI');
    await uni.getByText('Its page requires an account').waitFor();
    expect(await uni.getByRole('button').allTextContents()).toEqual(['Use a downloaded file…']);
  });

  test('refuses an invalid address, and stores a valid one', async () => {
    const { page } = launched;
    await page.getByText('Network', { exact: true }).click();
    const mirror = page.getByRole('textbox', { name: 'Mirror' });
    await mirror.fill('nowhere');
    await mirror.press('Enter');
    await page.getByText('“nowhere” is not a valid mirror address.').waitFor();
    await photograph(launched, 'catalogue-network');
    await mirror.fill(`${server.base}/`);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    expect(await mirror.inputValue()).toBe(server.base);
    await page.getByText('through a mirror').waitFor();
    await page.getByText('Network', { exact: true }).click();
  });

  test('explains why a teacher cannot be downloaded, and tries again', async () => {
    const { page } = launched;
    await page.getByText('For any images').click();
    const small = card('ViT-S/16 AugReg');
    const get = small.getByRole('button', { name: 'Download (ViT-S/16 AugReg)' });
    await get.click();
    await small.getByText('ViT-S/16 AugReg could not be downloaded').waitFor();
    await small.getByText('no longer has this file (404)').waitFor();
    await small.scrollIntoViewIfNeeded();
    await photograph(launched, 'catalogue-failed');
    offer(serve(loginPage));
    await small.getByRole('button', { name: 'Try again' }).click();
    await small.getByText('A web page arrived instead of a checkpoint').waitFor();
    offer(trickle(teacher, 40, 250));
    await small.getByRole('button', { name: 'Try again' }).click();
    const stop = small.getByRole('button', { name: 'Stop' });
    const hasKeys = () => stop.evaluate((button) => button === document.activeElement);
    await expect.poll(hasKeys).toBe(true);
    await small.getByText(/ left$/).waitFor();
    await photograph(launched, 'catalogue-fetching');
    await page.getByRole('contentinfo').getByText('Downloading ViT-S/16 AugReg').waitFor();
    await page.keyboard.press('Enter');
    await small.getByText(/^Continue, /).waitFor();
  });

  test('resumes a stopped download, and the teacher can be used', async () => {
    const { page } = launched;
    offer(serve(teacher));
    server.ranges = [];
    const small = card('ViT-S/16 AugReg');
    await small.getByText(/^Continue, /).click();
    await small.getByText('Not verified: the catalogue has no SHA-256').waitFor();
    expect(server.ranges.at(-1)).toMatch(/^bytes=\d+-$/);
    const above = page.getByRole('radio', { name: /ViT-S\/16 AugReg/ });
    await above.waitFor({ state: 'attached' });
    await small.getByRole('button', { name: 'Use it' }).click();
    await expect.poll(() => above.isChecked()).toBe(true);
    await page.getByText('ImageNet-21k with labels, then ImageNet-1k').first().waitFor();
    await above.scrollIntoViewIfNeeded();
    await photograph(launched, 'catalogue-teacher');
  });

  test('removes a teacher with its downloaded files, after confirmation', async () => {
    const { page } = launched;
    const radio = page.getByRole('radio', { name: /ViT-S\/16 AugReg/ });
    const fetched = page.getByRole('article').filter({ has: radio });
    await fetched.getByRole('button', { name: 'Remove ViT-S/16 AugReg from the list' }).click();
    const dialog = page.getByRole('dialog', { name: 'Remove ViT-S/16 AugReg?' });
    await dialog.getByText('are deleted from this computer').waitFor();
    await photograph(launched, 'catalogue-remove');
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await radio.isChecked()).toBe(true);
    await fetched.getByRole('button', { name: 'Remove ViT-S/16 AugReg from the list' }).click();
    await dialog.getByRole('button', { name: 'Remove and delete' }).click();
    await radio.waitFor({ state: 'detached' });
    await card('ViT-S/16 AugReg')
      .getByRole('button', { name: 'Download (ViT-S/16 AugReg)' })
      .waitFor();
  });

  test('keeps no unexpected file', async () => {
    const dino = card('DINOv2 small');
    await dino.getByRole('button', { name: /^Download, 88\.3 MB/ }).click();
    await dino.getByText('did not send the requested file').waitFor();
    await dino.getByRole('button', { name: 'Try again' }).waitFor();
  });

  test('lists the files to download by hand, and accepts them', async () => {
    const { page, app } = launched;
    await card('UNI').getByRole('button', { name: 'Use a downloaded file…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Use a downloaded file of UNI' });
    await dialog.getByText('sign in and agree to its terms').waitFor();
    await dialog
      .getByText('https://huggingface.co/MahmoodLab/UNI/resolve/main/pytorch_model.bin')
      .waitFor();
    await photograph(launched, 'catalogue-by-hand');
    const wrong = join(folder, 'notes.bin');
    await writeFile(wrong, 'notes');
    await chooseOpen(app, wrong);
    await dialog.getByRole('button', { name: 'Choose the file…' }).click();
    await dialog.getByText('That file cannot be used').waitFor();
    const tiny = join(folder, 'tiny.safetensors');
    await writeTinyTeacher(tiny);
    await chooseOpen(app, tiny);
    await dialog.getByRole('button', { name: 'Choose the file…' }).click();
    await dialog.getByText('is not UNI').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    const name = 'DINO ViT-S/16';
    await card(name).getByRole('button', { name: 'Use a downloaded file…' }).click();
    const second = page.getByRole('dialog', { name: `Use a downloaded file of ${name}` });
    const other = join(folder, 'dino.safetensors');
    const bytes = Buffer.from(teacher);
    // A slightly different teacher.
    bytes[bytes.length - 2] = (bytes[bytes.length - 2] ?? 0) ^ 1;
    await writeFile(other, bytes);
    await chooseOpen(app, other);
    await second.getByRole('button', { name: 'Choose the file…' }).click();
    await second.waitFor({ state: 'detached' });
    await card(name).getByRole('button', { name: 'Use it' }).waitFor();
    await page.getByRole('radio', { name: /^DINO ViT-S/ }).waitFor({ state: 'attached' });
  });

  test('adds or refuses a file dropped anywhere on the step', async () => {
    const { page } = launched;
    const dropped = join(folder, 'mine.safetensors');
    await writeTinyTeacher(dropped);
    await dropOn(page, [dropped]);
    const mine = page.getByRole('radio', { name: /^mine/ });
    await expect.poll(() => mine.isChecked()).toBe(true);
    await writeFile(join(folder, 'mine.zip'), 'no teacher');
    await dropOn(page, [join(folder, 'mine.zip')]);
    await page.getByText('mine.zip cannot be used as a teacher').waitFor();
    for (const extension of ['pth', 'pt', 'bin', 'ckpt']) {
      const file = join(folder, `mine.${extension}`);
      await writeFile(file, 'no teacher');
      await dropOn(page, [file]);
      await page.getByText(`mine.${extension} cannot be used as a teacher`).waitFor();
      await page.getByText('A teacher is a safetensors file or').waitFor({ state: 'detached' });
    }
  });

  test('lets the user correct what a file does not state, and tries again', async () => {
    const { page } = launched;
    const radio = page.getByRole('radio', { name: /^mine/ });
    const mine = page.getByRole('article').filter({ has: radio });
    await mine.getByText('More', { exact: true }).click();
    await mine.getByText('typical of its kind').first().waitFor();
    await mine.getByRole('button', { name: 'Edit…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Properties of mine' });
    const take = dialog.getByRole('button', { name: 'Apply', exact: true });
    expect(await take.isDisabled()).toBe(true);
    const epsilon = dialog.getByRole('textbox', { name: 'ε of the layer norms' });
    await epsilon.fill('small');
    await take.click();
    await dialog.getByText('ε must be a small number, for example 1e-6').waitFor();
    await epsilon.fill('1e-5');
    await photograph(launched, 'teacher-correct');
    await take.click();
    await dialog.waitFor({ state: 'detached' });
    await mine.getByText('set by you').waitFor();
    expect(await radio.isChecked()).toBe(true);
  });

  test('fits into a narrow window, without findings for screen readers', async () => {
    const { page, app } = launched;
    await app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(1024, 700);
    });
    await expect.poll(() => page.evaluate(() => innerWidth)).toBe(1024);
    await card('UNI').scrollIntoViewIfNeeded();
    await photograph(launched, 'catalogue-narrow');
    const wide = await page.evaluate(() =>
      [...document.querySelectorAll('article, article *')]
        .filter(({ scrollWidth, clientWidth }) => clientWidth > 0 && scrollWidth > clientWidth + 1)
        .map(({ className }) => className),
    );
    expect(wide).toEqual([]);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await settled(page);
      const within = 'section[aria-labelledby="more-teachers"]';
      expect(await axeFindings(page, { within })).toEqual([]);
    }
  });
});
