import { cp } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { labelFormat } from '../../src/contract/label-export.ts';
import type { LabelFormat } from '../../src/contract/label-export.ts';
import type { ImportSummary } from '../../src/contract/import-job.ts';
import { importRequest } from '../../src/contract/import-job.ts';
import { ignoreValue } from '../../src/core/mask/tiles.ts';
import { pngFile } from '../../src/formats/testing/image-fixtures.ts';
import { wholeMask } from '../../src/formats/masks/strips.ts';
import {
  askewVolume,
  ctSlice,
  turnedGeotiff,
} from '../../src/formats/masks/testing/geo-fixtures.ts';
import { tiffBytes } from '../../src/formats/testing/tiff-fixtures.ts';
import { openStore } from '../../src/store/store.ts';
import { temporaryFolder } from '../../src/store/testing/temporary-store.ts';
import { importFolder } from '../../src/engine/jobs/import-folder.ts';
import { workspaceMask } from '../../src/engine/label-export/workspace-mask.ts';
import { exported } from '../../src/engine/testing/exported-labels.ts';
import {
  projectOfFiles,
  testClasses,
  type TestFile,
  type TestProject,
} from '../../src/engine/testing/project-of-files.ts';

// Exported labels are imported again by the command of the guide, without any other option.

const photo = (name: string, width: number, height: number): TestFile => {
  const values = Array.from({ length: width * height }, (_, at) => (at + name.length) % 251);
  return { name, width, height, bytes: pngFile({ width, height, channels: 1, bits: 8, values }) };
};

const slice = (name: string, z: number): TestFile => {
  const size = { rows: 37, columns: 53 };
  const bytes = ctSlice({ ...size, z, instance: `2.25.777${Math.abs(z)}` });
  return { name, width: size.columns, height: size.rows, bytes };
};

const geotiff = (name: string, width: number, height: number): TestFile => ({
  ...{ name, width, height },
  bytes: turnedGeotiff(width, height),
});

const pages = Array.from({ length: 3 }, (_, page) => ({
  ...{ width: 6, height: 4 },
  values: Array.from({ length: 24 }, (_, at) => at + page),
}));
const stack: TestFile = {
  ...{ name: 'stack.tif', width: 6, height: 4, slices: 3 },
  bytes: Buffer.from(tiffBytes(pages)),
};

const photos = [photo('a.png', 33, 21), photo('b.png', 130, 115), photo('more/a.png', 7, 120)];
const scenes = [geotiff('t.tif', 115, 130), geotiff('u.tif', 40, 30)];

type Sets = readonly (readonly [LabelFormat, readonly TestFile[]])[];

const sets: Sets = [
  ['png', photos],
  ['png', [stack, photo('flat.png', 5, 4)]],
  ['coco', photos],
  ['coco', [stack, photo('flat.png', 5, 4)]],
  ['geotiff', scenes],
  ['geojson', scenes],
  ['geojson', photos],
  ['geojson', [stack, ...scenes, ...photos]],
  ['geojson', [photo('only.png', 9, 8)]],
  ['gpkg', scenes],
  ['gpkg', photos],
  ['gpkg', [stack, ...scenes, ...photos]],
  ['gpkg', [geotiff('only.tif', 19, 18)]],
  [
    'nifti',
    [
      {
        ...{ name: 'case_0000.nii', width: 7, height: 5, slices: 4 },
        bytes: askewVolume(1, [5, 7, 4], false),
      },
    ],
  ],
  ['dicom-seg', [slice('a.dcm', -3), slice('b.dcm', 5), slice('c.dcm', 1)]],
];

const inFolders = (name: string) => (file: TestFile) => ({ ...file, name: `${name}/${file.name}` });

/** Masks of a folder imported into a new project, in the values of `testClasses`. */
async function imported(
  folder: string,
): Promise<{ summary: ImportSummary; masks: Map<string, Uint8Array> }> {
  const workspace = temporaryFolder();
  const request = importRequest.parse({
    ...{ folder, workspace, project: 'Back', task: 'segmentation' },
    ...{ masks: 'found', newClasses: true },
  });
  const { signal } = new AbortController();
  const summary = await importFolder(request, { signal, report: () => undefined });
  const store = openStore(workspace);
  try {
    const values = new Uint8Array(256);
    values[ignoreValue] = ignoreValue;
    for (const { name, maskValue } of store.classes.list(summary.project.id)) {
      values[maskValue ?? 0] = testClasses.indexOf(name) + 1;
    }
    const masks = new Map<string, Uint8Array>();
    for (const { id, name } of store.images.all(summary.project.id)) {
      if (store.masks.get(id, 'human') === undefined) continue;
      const mask = await wholeMask(workspaceMask(store, id, 'human'));
      masks.set(
        name,
        mask.map((value) => values[value] ?? 0),
      );
    }
    return { summary, masks };
  } finally {
    store.close();
  }
}

/** Names of images whose masks differ from the exported ones; for polygons, except for unknown pixels. */
function different(project: TestProject, masks: ReadonlyMap<string, Uint8Array>, isExact: boolean) {
  return [...project.masks].flatMap(([name, mask]) => {
    const wanted = isExact ? mask : mask.map((value) => value % ignoreValue);
    const found = masks.get(name);
    return found !== undefined && Buffer.compare(found, wanted) === 0 ? [] : [name];
  });
}

const isExact = (format: LabelFormat): boolean => format !== 'geojson' && format !== 'gpkg';

describe('labels export, then import --masks found', () => {
  it('covers every format that can hold masks', () => {
    const tried = new Set(sets.map(([format]) => format));
    expect(labelFormat.options.filter((format) => !tried.has(format))).toEqual(['csv']);
  });

  const firstOf = (format: LabelFormat): unknown => sets.find(([one]) => one === format);
  const placed = sets.flatMap((set) => {
    const [format, files] = set;
    // Volumes are in folders with names of their own.
    const folder = format === 'nifti' ? 'imagesTr' : 'images';
    const beside = ['beside the images', format, files, ''] as const;
    // One kind of image per format is enough to test all folders.
    if (set !== firstOf(format)) return [beside];
    return [
      beside,
      ['beside a folder of images', format, files, folder] as const,
      ['into the folder of images', format, files, ''] as const,
      ['into what holds the folder of images', format, files, folder] as const,
    ];
  });

  it.each(placed)('%s: %s', async (where, format, files, inside) => {
    const project = await projectOfFiles(inside === '' ? files : files.map(inFolders(inside)));
    if (where.startsWith('into')) await exported(project, { format, folder: project.folder });
    else
      await cp((await exported(project, { format })).folder, project.folder, {
        recursive: true,
      });
    const { summary, masks } = await imported(project.folder);
    expect(summary.skipped).toEqual([]);
    expect(summary.masks).toBe(project.masks.size);
    expect(different(project, masks, isExact(format))).toEqual([]);
    expect(summary.found).toBe([...project.store.images.all(project.id)].length);
  });

  it.each(['geojson', 'gpkg'] as const)(
    '%s exports an image without marks as empty',
    async (format) => {
      const project = await projectOfFiles([...photos, ...scenes], [0]);
      await exported(project, { format, folder: project.folder });
      const { masks } = await imported(project.folder);
      expect(different(project, masks, false)).toEqual([]);
    },
  );
});
