import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { LabelExportReport } from '../../contract/label-export.ts';
import type { MaskSourceKind } from '../../contract/mask-sources.ts';
import { ignoreValue } from '../../core/mask/tiles.ts';
import { pngFile } from '../../formats/testing/image-fixtures.ts';
import { findImages } from '../../formats/image-folder.ts';
import { openMaskSource } from '../../formats/masks/open-source.ts';
import { wholeMask } from '../../formats/masks/strips.ts';
import { askewVolume, ctSlice, turnedGeotiff } from '../../formats/masks/testing/geo-fixtures.ts';
import type { Entry } from '../../formats/testing/dicom-fixtures.ts';
import { tiffBytes } from '../../formats/testing/tiff-fixtures.ts';
import { exported } from '../testing/exported-labels.ts';
import {
  projectOfFiles,
  testClasses,
  type TestFile,
  type TestProject,
} from '../testing/project-of-files.ts';

const photo = (name: string, width: number, height: number): TestFile => {
  const values = new Array<number>(width * height).fill(9);
  return { name, width, height, bytes: pngFile({ width, height, channels: 1, bits: 8, values }) };
};

const slice = (name: string, z: number): TestFile => {
  const size = { rows: 37, columns: 53 };
  const bytes = ctSlice({ ...size, z, instance: `2.25.777${Math.abs(z)}` });
  return { name, width: size.columns, height: size.rows, bytes };
};

/** Returns a DICOM file with three frames. */
function cine(): Buffer {
  const inSequence = (tag: number, entries: Entry[]): Entry => [tag, 'SQ', [entries]];
  const place = (z: number): Entry[] => [
    inSequence(0x00209113, [[0x00200032, 'DS', `0\\0\\${z}`]]),
  ];
  const shared = [
    inSequence(0x00209116, [[0x00200037, 'DS', '1\\0\\0\\0\\1\\0']]),
    inSequence(0x00289110, [
      [0x00180050, 'DS', '2'],
      [0x00280030, 'DS', '0.7\\0.8'],
    ]),
  ];
  const more = [
    [0x00280008, 'IS', '3'],
    inSequence(0x52009229, shared),
    [0x52009230, 'SQ', [place(0), place(2), place(4)]],
  ] satisfies Entry[];
  return ctSlice({ rows: 37, columns: 53, z: 1, instance: '2.25.7', more });
}

const size3 = { width: 6, height: 4 };

/** Returns a TIFF with three pages. */
function stackTiff(): Buffer {
  const values = Array.from({ length: 24 }, (_, at) => at);
  return Buffer.from(tiffBytes([1, 2, 3].map(() => ({ ...size3, values }))));
}

/**
 * Puts an export next to the images, reads it as an import does, and returns masks in the project's values.
 */
async function readBack(
  project: TestProject,
  report: LabelExportReport,
  kind: MaskSourceKind,
  names: readonly string[] = testClasses,
): Promise<{ masks: Map<string, Uint8Array>; problems: unknown }> {
  const { folder } = project;
  await cp(report.folder, folder, { recursive: true });
  const found = await findImages(folder);
  const [file = ''] = report.files;
  const path = kind === 'coco' || kind === 'geojson' ? join(folder, file) : folder;
  const property = kind === 'geojson' ? 'class' : null;
  const source = await openMaskSource(kind, { path, folder, found, property });
  const values = new Uint8Array(256);
  values[ignoreValue] = ignoreValue;
  for (const { value, name } of source.classes) {
    // With the palette of masks that contain 255.
    values[value] = name === 'ignore' ? ignoreValue : names.indexOf(name ?? '') + 1;
  }
  const masks = new Map<string, Uint8Array>();
  for (const image of project.store.images.all(project.id)) {
    const { path: file, name, width, height, frame } = image;
    const at = frame === undefined ? {} : { frame };
    const mask = await source.maskFor({ path: file, name, width, height, ...at });
    if (mask === undefined) continue;
    masks.set(
      name,
      (await wholeMask(mask)).map((value) => values[value] ?? 0),
    );
    await mask.close();
  }
  await source.close();
  return { masks, problems: source.problems };
}

function isSame(one: Uint8Array, other: Uint8Array | undefined): boolean {
  return other !== undefined && Buffer.compare(one, other) === 0;
}

const photos = [
  photo('train/images/a.png', 1, 1),
  photo('train/images/b.png', 530, 515),
  photo('test/images/a.png', 7, 520),
];

const formats = [
  ['png', 'masks', photos],
  ['coco', 'coco', photos],
  [
    'geotiff',
    'masks',
    [{ name: 'images/t.tif', width: 515, height: 530, bytes: turnedGeotiff(515, 530) }],
  ],
  [
    'nifti',
    'masks',
    [
      {
        name: 'imagesTr/case_0000.nii',
        width: 7,
        height: 5,
        slices: 4,
        bytes: askewVolume(1, [5, 7, 4], false),
      },
    ],
  ],
  ['dicom-seg', 'dicom-seg', [slice('a.dcm', -3), slice('b.dcm', 5), slice('c.dcm', 1)]],
] as const;

describe('exported labels, imported again,', () => {
  it.each(formats)('are the same as %s', async (format, kind, files) => {
    const project = await projectOfFiles(files);
    const report = await exported(project, { format });
    expect(report).toMatchObject({ images: project.masks.size, leftOut: [], unmarked: 0 });
    const { masks, problems } = await readBack(project, report, kind);
    expect(problems).toEqual([]);
    expect([...masks.keys()].sort()).toEqual([...project.masks.keys()].sort());
    // Compared by name: whole arrays in a message would take longer than everything else.
    const different = [...masks].filter(([name, mask]) => !isSame(mask, project.masks.get(name)));
    expect(different.map(([name]) => name)).toEqual([]);
  });

  it('are the same as GeoJSON, except for unknown pixels', async () => {
    const project = await projectOfFiles([
      { name: 'images/t.tif', width: 515, height: 530, bytes: turnedGeotiff(515, 530) },
    ]);
    const report = await exported(project, { format: 'geojson' });
    expect(report).toMatchObject({ images: 1, leftOut: [], files: ['masks/t.geojson'] });
    expect(report.notes).toEqual([
      expect.stringMatching(/^images\/t\.tif: Unknown pixels \(255\) have no polygon/),
    ]);
    const { masks } = await readBack(project, report, 'geojson');
    const known = project.masks.get('images/t.tif')?.map((value) => value % ignoreValue);
    expect(isSame(masks.get('images/t.tif') ?? new Uint8Array(), known)).toBe(true);
  });

  it('are valid polygons in a database as GeoPackage', async () => {
    const project = await projectOfFiles([
      { name: 'images/t.tif', width: 515, height: 530, bytes: turnedGeotiff(515, 530) },
      photo('b.png', 7, 5),
    ]);
    const report = await exported(project, { format: 'gpkg' });
    expect(report).toMatchObject({ images: 2, leftOut: [] });
    expect(report.files.toSorted()).toEqual(['masks/b.gpkg', 'masks/t.gpkg']);
    expect(report.notes.join()).toContain('pixels from its upper left corner');
    for (const [file, name] of [
      ['masks/t.gpkg', 'images/t.tif'],
      ['masks/b.gpkg', 'b.png'],
    ] as const) {
      const database = new Database(join(report.folder, file), { readonly: true });
      const pixels = project.masks.get(name) ?? new Uint8Array();
      for (const value of [1, 2]) {
        const sum = 'SELECT sum(pixels) FROM regions WHERE class = ?';
        expect(
          database
            .prepare(sum)
            .pluck()
            .get(testClasses[value - 1]),
        ).toBe(pixels.filter((one) => one === value).length);
      }
      database.close();
    }
  });

  it.each(formats)(
    'are the same as %s with the maximum number of classes',
    async (format, kind, files) => {
      const names = Array.from({ length: 254 }, (_, at) => `class ${at + 1}`);
      const project = await projectOfFiles(files, [...names.keys(), 254, 255], names);
      const report = await exported(project, { format });
      expect(report).toMatchObject({ images: project.masks.size, leftOut: [] });
      const { masks, problems } = await readBack(project, report, kind, names);
      expect(problems).toEqual([]);
      const different = [...project.masks].filter(([name, mask]) => !isSame(mask, masks.get(name)));
      expect(different.map(([name]) => name)).toEqual([]);
    },
  );

  const stacks = [
    { ...size3, name: 'scan.tif', bytes: stackTiff(), slices: 3 },
    {
      name: 'deep/v.nii',
      width: 7,
      height: 5,
      slices: 4,
      bare: [2],
      bytes: askewVolume(1, [5, 7, 4], true),
    },
    { name: 'm.dcm', width: 53, height: 37, slices: 3, bytes: cine() },
    photo('deep/flat.png', 5, 4),
  ];

  it.each([
    ['png', 'masks', ''],
    ['png', 'masks', 'images/'],
    ['coco', 'coco', ''],
  ] as const)('are the same slice by slice as %s (%s)', async (format, kind, inside) => {
    const files = stacks.map((file) => ({ ...file, name: inside + file.name }));
    const project = await projectOfFiles(files);
    const report = await exported(project, { format });
    expect(report).toMatchObject({ images: 10, unmarked: 1, leftOut: [] });
    const { masks, problems } = await readBack(project, report, kind);
    expect(problems).toEqual([]);
    expect([...masks.keys()].sort()).toEqual([...project.masks.keys()].sort());
    const different = [...project.masks].filter(([name, mask]) => !isSame(mask, masks.get(name)));
    expect(different.map(([name]) => name)).toEqual([]);
  });

  it('mark slices without a mask as unknown', async () => {
    const project = await projectOfFiles([
      {
        name: 'imagesTr/v.nii',
        width: 7,
        height: 5,
        slices: 4,
        bare: [1, 2],
        bytes: askewVolume(2, [5, 7, 4], true),
      },
    ]);
    const report = await exported(project, { format: 'nifti' });
    expect(report).toMatchObject({
      images: 2,
      unmarked: 2,
      files: ['labelsTr/v.nii.gz', 'dataset.json'],
    });
    expect(report.notes[0]).toContain('2 of 4 slices have no mask');
    const { masks } = await readBack(project, report, 'masks');
    const unknown = new Uint8Array(35).fill(ignoreValue);
    expect(masks.get('imagesTr/v.nii#2')).toEqual(unknown);
    expect(masks.get('imagesTr/v.nii#3')).toEqual(unknown);
    expect(masks.get('imagesTr/v.nii#4')).toEqual(project.masks.get('imagesTr/v.nii#4'));
  });

  it('mark frames without a mask as unknown in DICOM too, where absence would mean that they show nothing', async () => {
    const project = await projectOfFiles([
      { name: 'm.dcm', width: 53, height: 37, slices: 3, bare: [1], bytes: cine() },
    ]);
    const report = await exported(project, { format: 'dicom-seg' });
    expect(report).toMatchObject({ images: 2, unmarked: 1, leftOut: [] });
    expect(report.notes.join()).toContain('1 of 3 frames have no mask');
    const { masks, problems } = await readBack(project, report, 'dicom-seg');
    expect(problems).toEqual([]);
    expect(isSame(new Uint8Array(37 * 53).fill(ignoreValue), masks.get('m.dcm#2'))).toBe(true);
    expect([...project.masks].filter(([name, mask]) => !isSame(mask, masks.get(name)))).toEqual([]);
  });

  it('contain nothing about a patient', async () => {
    const volume = askewVolume(1, [5, 7, 4], true);
    const project = await projectOfFiles([
      slice('a.dcm', 1),
      { name: 'v.nii', width: 7, height: 5, slices: 4, bytes: volume },
    ]);
    for (const format of ['dicom-seg', 'nifti'] as const) {
      const { folder, files } = await exported(project, { format });
      expect(files).not.toHaveLength(0);
      for (const file of files) {
        const stored = await readFile(join(folder, file));
        const bytes = file.endsWith('.gz') ? gunzipSync(stored) : stored;
        expect(bytes.toString('latin1')).not.toMatch(/Doe\^Jane|secret-4711|19700101/);
      }
    }
  });
});
