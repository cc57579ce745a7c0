import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { findImages } from '../src/formats/image-folder.ts';
import { writePng } from '../src/formats/images.ts';
import { ImagePool } from '../src/engine/image-pool/image-pool.ts';
import { ImageService } from '../src/engine/app/imports/images.ts';
import { compareFiles } from '../src/engine/app/imports/known-files.ts';
import { Pictures } from '../src/engine/app/viewing/pictures.ts';
import { openStore } from '../src/store/store.ts';
import { settings } from '../src/store/testing/fixtures.ts';

// `node bench/large-folder.ts [--images 300000] [--per-folder 5000] [--folder <kept>]`: how long a large folder takes
// to list, to import, to import again, to watch and to page through, and how much memory. Images are tiny, so that
// the measurement shows the cost of each file regardless of its content.

const { values } = parseArgs({
  options: {
    images: { type: 'string', default: '300000' },
    'per-folder': { type: 'string', default: '5000' },
    folder: { type: 'string' },
  },
});
const images = Number(values.images);
const perFolder = Number(values['per-folder']);
const folder = values.folder ?? (await mkdtemp(join(tmpdir(), 'understudy-large-')));
const scans = join(folder, 'scans');

let peak = 0;
const watch = setInterval(() => {
  peak = Math.max(peak, process.memoryUsage.rss());
}, 50);

async function measured<T>(name: string, work: () => Promise<T> | T): Promise<T> {
  globalThis.gc?.();
  peak = process.memoryUsage.rss();
  const before = peak;
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  const memory = `${Math.round(before / 2 ** 20)} to ${Math.round(peak / 2 ** 20)} MiB`;
  console.log(`${name.padEnd(28)} ${seconds.toFixed(2).padStart(8)} s   ${memory}`);
  return result;
}

async function draw(): Promise<void> {
  const there = await readdir(scans).catch(() => []);
  if (there.length > 0) return;
  await mkdir(scans, { recursive: true });
  const template = join(folder, 'one.png');
  const data = Uint8Array.from({ length: 64 }, (_, index) => index);
  await writePng(template, { width: 8, height: 8, channels: 1, data });
  const bytes = await readFile(template);
  for (let index = 0; index < images; index++) {
    const name = join(scans, `series-${Math.floor(index / perFolder)}`);
    if (index % perFolder === 0) await mkdir(name, { recursive: true });
    // Any bytes may follow the end of a PNG, which gives many contents.
    const own = Buffer.concat([bytes, Buffer.from(String(index))]);
    await writeFile(join(name, `image-${index}.png`), own);
  }
}

await measured(`${images} files drawn`, draw);
const found = await measured('listed', () => findImages(scans));
if (found.length !== images) throw new Error(`${found.length} images were found`);
const store = openStore(join(folder, 'workspace'));
const pool = new ImagePool();
const service = new ImageService(store, new Pictures(store.folder, pool), () => undefined);
const { id: project } =
  store.projects.list()[0] ??
  store.projects.create({
    name: 'Large',
    domain: 'other',
    task: 'single',
    isSample: false,
    classes: [],
    settings,
  });
const importFolder = (): Promise<{ added: number; known: number }> =>
  service.import(project, scans, 'none', new AbortController().signal);
for (const name of ['brought in', 'brought in again']) {
  const { added, known } = await measured(name, importFolder);
  console.log(`${''.padEnd(28)} ${added} added, ${known} known`);
}
await measured('looked at for a watch', async () => {
  const files = await findImages(scans);
  for (let from = 0; from < files.length; from += 256) {
    await compareFiles(store, project, files.slice(from, from + 256));
  }
});
const all = { report: null, show: 'all', search: '' } as const;
await measured('the last page of the report', () =>
  store.importFiles.page(project, all, images - 100, 100),
);
await measured('a search in the report', () =>
  store.importFiles.page(project, { ...all, search: '9999' }, 0, 100),
);
await pool.close();
store.close();
clearInterval(watch);
if (values.folder === undefined) await rm(folder, { recursive: true });
