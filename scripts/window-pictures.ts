/**
 * `npm run pictures`: copies the screenshots for the documents from the output of the end-to-end tests to
 * docs/images.
 */
import { join } from 'node:path';
import sharp from 'sharp';

const root = join(import.meta.dirname, '..');
const shown = {
  '06-skip-dark': 'window-skip-factor',
  '08-distil-dark': 'window-distil',
  '09-result-dark': 'window-result',
  '25-preparation-dark': 'window-preparation',
  '51-viewer-lung-dark': 'window-viewer',
  '59-masks-in-255-dark': 'window-masks-in',
  '61-masks-suggestion-dark': 'window-masks',
  '74-outlines-result-dark': 'window-outlines',
};

for (const [taken, kept] of Object.entries(shown)) {
  const file = join(root, 'docs', 'images', `${kept}.webp`);
  await sharp(join(root, 'out', 'screenshots', `${taken}.png`))
    .webp({ quality: 90 })
    .toFile(file);
  console.log(file);
}
