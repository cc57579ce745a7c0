import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tilePixels } from '../../core/mask/tiles.ts';
import { parseLabelList } from '../../formats/masks/paired/label-list.ts';
import { askewVolume, ctSlice, turnedGeotiff } from '../../formats/masks/testing/geo-fixtures.ts';
import { placedGeotiff } from '../../formats/testing/placed-geotiff.ts';
import { addProject, newImage } from '../../store/testing/fixtures.ts';
import { temporaryFolder, temporaryStore } from '../../store/testing/temporary-store.ts';
import { exported, photo } from '../testing/exported-labels.ts';
import { projectOfFiles, type TestProject } from '../testing/project-of-files.ts';
import { findLabelExportChoices } from './choices.ts';

describe('an export folder', () => {
  it('gets a new subfolder if it is not empty, and none of its files is replaced', async () => {
    const project = await projectOfFiles([photo('a.png')]);
    const folder = temporaryFolder();
    await mkdir(join(folder, 'masks'));
    await writeFile(join(folder, 'masks', 'a.png'), 'drawn by hand');
    const first = await exported(project, { folder });
    const second = await exported(project, { folder });
    expect(first.folder).toBe(join(folder, 'labels-png'));
    expect(second.folder).toBe(join(folder, 'labels-png-2'));
    expect(await readFile(join(folder, 'masks', 'a.png'), 'utf8')).toBe('drawn by hand');
  });

  it('is created if it is missing', async () => {
    const folder = join(temporaryFolder(), 'deep', 'er');
    const { files } = await exported(await projectOfFiles([photo('a.png')]), { folder });
    expect((await readdir(folder)).sort()).toEqual(['labelmap.txt', 'masks']);
    expect(files).toEqual(['labelmap.txt', 'masks/a.png']);
  });

  it('is refused in the workspace', async () => {
    const project = await projectOfFiles([photo('a.png')]);
    await expect(exported(project, { folder: project.store.folder })).rejects.toMatchObject({
      code: 'invalid-option',
    });
  });
});

describe('exported files', () => {
  it('are named so that no mask replaces another', async () => {
    const project = await projectOfFiles(
      ['x.png', 'x.jpg', 'X.bmp', 'sub/images/x.png', 'sub/images/deep/x.png'].map(photo),
    );
    const { files } = await exported(project);
    // Even if file names ignore case.
    expect(new Set(files.map((name) => name.toLowerCase())).size).toBe(6);
    expect(files.slice(1).sort()).toEqual([
      'masks/X.bmp.png',
      'masks/x.jpg.png',
      'masks/x.png.png',
      'sub/masks/deep/x.png',
      'sub/masks/x.png',
    ]);
  });

  it('are never outside the folder, whatever an image is called', async () => {
    const store = temporaryStore();
    const { id } = addProject(store, ['x']);
    const [image] = store.images.add(id, [newImage('../../evil.png')]);
    store.masks.setState(image?.id ?? 0, 'human', 'done');
    await expect(exported({ store, id })).rejects.toMatchObject({ code: 'invalid-file' });
  });

  it('are only the done masks, if requested', async () => {
    const project = await projectOfFiles([photo('a.png'), photo('b.png')]);
    const [, second] = [...project.store.images.all(project.id)];
    await expect(exported(project, { which: 'done' })).rejects.toThrow(/marked as done/);
    project.store.masks.setState(second?.id ?? 0, 'human', 'done');
    const { files, images, unmarked } = await exported(project, { which: 'done' });
    expect([files.at(-1), images, unmarked]).toEqual(['masks/b.png', 1, 1]);
  });

  it('number classes without gaps after one was removed', async () => {
    const project = await projectOfFiles([photo('a.png')], [2]);
    const { store, id } = project;
    const [first] = store.classes.list(id);
    store.classes.remove(first?.id ?? 0);
    const [image] = [...store.images.all(id)];
    const [tile] = store.masks.tiles(image?.id ?? 0, 'human', [{ x: 0, y: 0 }]);
    expect(new Set(tile?.pixels)).toContain(2);
    const { folder } = await exported(project, { format: 'coco' });
    const coco = JSON.parse(await readFile(join(folder, 'annotations.json'), 'utf8')) as {
      categories: { id: number }[];
      annotations: { category_id: number }[];
    };
    expect(coco.categories.map((one) => one.id)).toEqual([1, 2]);
    expect(new Set(coco.annotations.map((one) => one.category_id))).toEqual(new Set([1]));
  });
});

describe('classes with reserved names', () => {
  it('keep their regions in a project from before such names were refused', async () => {
    const project = await projectOfFiles([photo('a.png')], [1, 2]);
    const { store, id } = project;
    const [first] = store.classes.list(id);
    store.classes.rename(first?.id ?? 0, 'Background');
    const { folder } = await exported(project);
    const list = parseLabelList(
      await readFile(join(folder, 'labelmap.txt'), 'utf8'),
      'labelmap.txt',
    );
    expect(list.slice(0, 2)).toMatchObject([
      { value: 0, name: 'background' },
      { value: 1, name: 'Background (1)' },
    ]);
  });
});

it('an export of more classes than masks hold is refused before anything is written', async () => {
  const names = Array.from({ length: 256 }, (_, at) => `class ${at}`);
  const project = await projectOfFiles([photo('a.png')], [1], names);
  const folder = join(temporaryFolder(), 'new');
  for (const format of ['png', 'coco', 'geotiff', 'nifti', 'dicom-seg'] as const) {
    await expect(exported(project, { format, folder })).rejects.toMatchObject({
      code: 'too-large',
      message: expect.stringMatching(
        /256 classes.*254\. Remove class 254 and 1 more first/,
      ) as string,
    });
  }
  await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' });
});

describe('images that do not fit a format', () => {
  const files = [
    photo('photo.png'),
    { name: 'map.tif', width: 9, height: 9, bytes: turnedGeotiff(9, 9) },
    { name: 'v.nii', width: 7, height: 5, slices: 4, bytes: askewVolume(1, [5, 7, 4], true) },
    {
      name: 'ct.dcm',
      width: 5,
      height: 4,
      bytes: ctSlice({ rows: 4, columns: 5, z: 1, instance: '2.25.9' }),
    },
    {
      name: 'lost.dcm',
      width: 5,
      height: 4,
      bytes: ctSlice({ rows: 4, columns: 5, z: 2, instance: '2.25.8', without: [0x00280030] }),
    },
  ];

  it.each([
    ['geotiff', 1, 'photo.png is not a GeoTIFF'],
    ['nifti', 4, 'photo.png is not a NIfTI volume'],
    ['dicom-seg', 1, 'photo.png is not a DICOM image'],
  ] as const)(
    'are named with the reason as %s, and the others are written',
    async (format, images, why) => {
      const project = await projectOfFiles(files);
      const report = await exported(project, { format });
      expect(report.images).toBe(images);
      expect(report.leftOut).toHaveLength(project.masks.size - images);
      const reason = report.leftOut.find(({ path }) => path.endsWith('photo.png'))?.reason;
      expect(reason).toContain(why);
      expect(reason).toContain('Export its mask as PNG');
    },
  );

  it('are reported before anything is written', async () => {
    const { store, id } = await projectOfFiles(files);
    const { formats, masks } = await findLabelExportChoices(store, id);
    expect(masks).toBe(8);
    expect(Object.fromEntries(formats.map(({ format, fits }) => [format, fits]))).toEqual({
      png: 'all',
      coco: 'all',
      geojson: 'all',
      gpkg: 'all',
      csv: 'none',
      geotiff: 'some',
      nifti: 'some',
      'dicom-seg': 'some',
    });
    const photos = await projectOfFiles([photo('a.png')]);
    const choices = await findLabelExportChoices(photos.store, photos.id);
    expect(choices.formats.find(({ format }) => format === 'nifti')).toMatchObject({
      fits: 'none',
      reason: expect.stringContaining('is not a NIfTI volume') as string,
    });
  });

  it('are reported if longitude and latitude are unknown, which a GeoPackage does not need', async () => {
    const size = { width: 2, height: 2 };
    const transform = [1, 0, 5, 0, -1, 5] as const;
    const bytes = placedGeotiff(size, { code: 32767, transform });
    const project = await projectOfFiles([{ name: 'own.tif', ...size, bytes }]);
    const { formats } = await findLabelExportChoices(project.store, project.id);
    const fit = (name: string) => formats.find(({ format }) => format === name);
    expect(fit('gpkg')?.fits).toBe('all');
    expect(fit('geojson')).toMatchObject({
      fits: 'none',
      reason: expect.stringContaining(
        'the conversion from a projection without a name is unknown',
      ) as string,
    });
    const report = await exported(project, { format: 'geojson' });
    expect(report.images).toBe(0);
    expect(report.leftOut.map(({ reason }) => reason)).toEqual([fit('geojson')?.reason]);
    expect(report.files).toEqual([]);
    const packed = await exported(project, { format: 'gpkg' });
    expect(packed).toMatchObject({ files: ['masks/own.gpkg'], leftOut: [] });
    expect(packed.notes.join()).toContain('their coordinate system is unknown');
  });

  it.each(['geotiff', 'nifti', 'dicom-seg'] as const)(
    'leave neither files nor new folders as %s if all of them are left out',
    async (format) => {
      const project = await projectOfFiles([photo('a.png'), photo('b.png')]);
      const folder = temporaryFolder();
      const report = await exported(project, { format, folder: join(folder, 'deep', 'er') });
      expect(report).toMatchObject({ images: 0, files: [] });
      expect(report.leftOut).toHaveLength(2);
      expect(await readdir(folder)).toEqual([]);
      await writeFile(join(folder, 'mine'), '');
      await exported(project, { format, folder });
      expect(await readdir(folder)).toEqual(['mine']);
    },
  );

  it('are reported if their file has changed or is missing', async () => {
    const project = await projectOfFiles(files.slice(1, 2));
    await writeFile(join(project.folder, 'map.tif'), turnedGeotiff(8, 8));
    const [changed] = (await exported(project, { format: 'geotiff' })).leftOut;
    expect(changed?.reason).toContain('has 8 × 8 pixels now');
    const other = await projectOfFiles(files.slice(1, 2));
    other.store.images.relocate([
      { folder: '/nowhere', name: 'map.tif', modified: 1, id: firstImage(other) },
    ]);
    const [gone] = (await exported(other, { format: 'geotiff' })).leftOut;
    expect(gone?.reason).toContain('was not found');
  });
});

function firstImage({ store, id }: TestProject): number {
  return [...store.images.all(id)][0]?.id ?? 0;
}

describe('a stopped export', () => {
  it.each(['png', 'coco', 'geojson', 'gpkg'] as const)(
    'has only complete files (%s)',
    async (format) => {
      const project = await projectOfFiles(
        Array.from({ length: 9 }, (_, at) => photo(`${at}.png`)),
      );
      const stop = new AbortController();
      const progress = (done: number): void => {
        if (done === 4) stop.abort();
      };
      const report = await exported(project, { format }, { signal: stop.signal, progress });
      expect(report.cancelled).toBe(true);
      const there = await readdir(report.folder, { recursive: true });
      expect(there.filter((name) => name.includes('.understudy'))).toEqual([]);
      expect(there.filter((name) => /\.(?:png|json|geojson|gpkg)$/.test(name))).toHaveLength(
        format === 'coco' ? 0 : 4,
      );
      expect(report.images).toBe(format === 'coco' ? 0 : 4);
    },
  );
});

it('a done slice that is all background counts as a mask', async () => {
  const project = await projectOfFiles([photo('a.png')], [0]);
  const image = firstImage(project);
  project.store.masks.save(image, 'human', [{ x: 0, y: 0, pixels: new Uint8Array(tilePixels) }]);
  expect((await exported(project)).images).toBe(1);
});
