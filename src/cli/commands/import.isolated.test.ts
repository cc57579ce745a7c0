import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { niftiFile } from '../../formats/raster/nifti/nifti-fixtures.ts';
import { pngFile } from '../../formats/testing/image-fixtures.ts';
import { openStore } from '../../store/store.ts';
import { engine } from '../engine.ts';
import { runTest } from '../testing/test-environment.ts';

let folder: string;
const at = (...parts: string[]): string => join(folder, ...parts);
const args = (...more: string[]): string[] => [
  ...['import', at('scans'), '--workspace', at('workspace'), '--project', 'Lungs'],
  ...more,
];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'understudy-cli-import-'));
  for (const [index, name] of ['clear', 'opaque'].entries()) {
    await mkdir(at('scans', name), { recursive: true });
    const values = [index, 2, 3, 4];
    const png = pngFile({ width: 2, height: 2, channels: 1, bits: 8, values });
    await writeFile(at('scans', name, '1.png'), png);
  }
  await writeFile(at('scans', 'clear', 'cut.png'), '');
  await writeFile(at('scans', 'notes.txt'), 'none');
});
afterAll(() => rm(folder, { recursive: true }));

describe('import', () => {
  it('creates a project, and writes a single JSON object', async () => {
    const { exitCode, stdout, stderr } = await runTest(
      args('--domain', 'medical', '--labels', 'folders', '--json'),
      { engine },
    );
    // One of the files cannot be read.
    expect([exitCode, stderr.text]).toEqual([3, '']);
    expect(stdout.lines).toHaveLength(1);
    expect(JSON.parse(stdout.text)).toEqual({
      workspace: at('workspace'),
      project: { id: 1, name: 'Lungs', isNew: true },
      folder: at('scans'),
      found: 3,
      added: 2,
      known: 0,
      copies: 0,
      moved: 0,
      masks: 0,
      maskValues: [],
      likelyMasks: 0,
      otherFiles: 1,
      skipped: [
        {
          path: at('scans', 'clear', 'cut.png'),
          reason: `${at('scans', 'clear', 'cut.png')} is empty. Copy it again or remove it.`,
        },
      ],
      rekeyed: null,
    });
    const store = openStore(at('workspace'));
    expect(store.projects.list()).toMatchObject([
      { name: 'Lungs', domain: 'medical', task: 'single', images: 2, labelled: 2 },
    ]);
    store.close();
  });

  it.skipIf(process.platform === 'win32')(
    'creates a workspace that only its owner can read',
    async () => {
      const names = await readdir(at('workspace'), { recursive: true });
      expect(names.some((name) => name.endsWith('.jpg'))).toBe(true);
      for (const name of names) {
        const found = await stat(at('workspace', name));
        expect([name, found.mode & 0o077]).toEqual([name, 0]);
      }
    },
  );

  it('reads patients again when their key is lost', async () => {
    const store = openStore(at('workspace'));
    const [image] = [...store.images.all(1)];
    store.images.regroup([{ id: image?.id ?? 0, group: '0123456789abcdef' }]);
    store.close();
    await rm(at('workspace', 'secret'));
    const { exitCode, stdout, stderr } = await runTest(args('--rekey', '--json'), { engine });
    expect([exitCode, stderr.text]).toEqual([3, '']);
    expect(JSON.parse(stdout.text)).toMatchObject({
      rekeyed: { images: 0, groups: 0, gone: [] },
    });
    const again = openStore(at('workspace'));
    expect(again.images.keyedGroups()).toBe(1);
    again.close();
  });

  it('adds to the existing project, and reports what was imported', async () => {
    const { exitCode, stdout, stderr } = await runTest(args(), { engine });
    expect(exitCode).toBe(3);
    expect(stdout.text).toMatch(/^Project +Lungs$/m);
    expect(stdout.text).toMatch(/^Already imported +2 images$/m);
    expect(stdout.text).toMatch(/^Left out +1$/m);
    expect(stderr.text).toMatch(/^Reading images +3 of 3 in /m);
    expect(stderr.text).toContain('cut.png');
  });

  it('counts copies in a folder apart from images that were imported before', async () => {
    const set = at('copies');
    await mkdir(set);
    for (const [name, value] of [
      ['a.png', 1],
      ['a copy.png', 1],
      ['b.png', 2],
    ] as const) {
      const values = [value, 5, 6, 7];
      await writeFile(
        join(set, name),
        pngFile({ width: 2, height: 2, channels: 1, bits: 8, values }),
      );
    }
    const command = ['import', set, '--workspace', at('workspace'), '--project', 'Copies'];
    const first = await runTest(command, { engine });
    expect([first.exitCode, first.stderr.text.includes('rror')]).toEqual([0, false]);
    expect(first.stdout.text).toMatch(/^Added +2 images$/m);
    expect(first.stdout.text).toMatch(/^Already imported +0 images$/m);
    expect(first.stdout.text).toMatch(/^Copies +1 image with the same content/m);
    const again = await runTest(command, { engine });
    expect(again.stdout.text).toMatch(/^Already imported +2 images$/m);
    expect(again.stdout.text).toMatch(/^Copies +1 image /m);
  });

  it('imports masks as the options state, in the colours of their class list', async () => {
    const set = at('outlined');
    const square = { width: 2, height: 2, channels: 1, bits: 8 } as const;
    await mkdir(join(set, 'images'), { recursive: true });
    await mkdir(join(set, 'masks'));
    await writeFile(join(set, 'images', 'a.png'), pngFile({ ...square, values: [9, 8, 7, 6] }));
    await writeFile(join(set, 'masks', 'a.png'), pngFile({ ...square, values: [0, 1, 2, 2] }));
    await writeFile(
      join(set, 'classes.txt'),
      '0 background #000000\n1 core #a01020\n2 rim #1020a0\n',
    );
    const more = (...options: string[]): string[] => [
      ...['import', set, '--workspace', at('workspace'), '--project', 'Cells'],
      ...['--task', 'segmentation', '--masks', 'found', ...options],
    ];
    const unsaid = await runTest(more(), { engine });
    expect(unsaid.exitCode).toBe(2);
    expect(unsaid.stderr.text).toContain('how to import core (25.0 % of the pixels), rim (50.0 %');
    const report = await runTest(more('--class', 'rim=background', '--new-classes'), { engine });
    expect([report.exitCode, report.stdout.text]).toEqual([
      0,
      expect.stringMatching(/^With masks +1 image$/m),
    ]);
    const store = openStore(at('workspace'));
    const project = store.projects.list().find(({ name }) => name === 'Cells');
    // An import that could not begin left no project.
    expect(project).toMatchObject({ task: 'segmentation', images: 1, labelled: 1 });
    expect(project?.classes).toMatchObject([{ name: 'core', colour: '#a01020' }]);
    const { images } = store.images.page(project?.id ?? 0, { show: 'all', search: '' }, 0, 1);
    expect(store.masks.list(images[0]?.id ?? 0)).toMatchObject([
      { layer: 'human', state: 'done', histogram: [{ value: 1, pixels: 1 }] },
    ]);
    store.close();
    const other = await runTest([...args(), '--masks', 'found'], { engine });
    expect(other.stderr.text).toContain('is for one class per image');
  });

  it.each([
    [
      'more classes than masks hold',
      'many.json',
      Buffer.from(
        JSON.stringify({
          images: [{ id: 1, file_name: '1.png' }],
          annotations: [],
          categories: Array.from({ length: 255 }, (_, id) => ({ id, name: `class ${id}` })),
        }),
      ),
      'too-large',
      /many\.json has 255 categories; a mask can hold 254 classes\. Merge categories first\.$/m,
    ],
    [
      'a label map that lies on none of the images',
      'labels.nii',
      niftiFile({
        shape: [2, 1, 1],
        type: 'uint8',
        values: [0, 1],
        sform: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0],
      }),
      'invalid-labels',
      /labels\.nii matches none of the DICOM images in the folder: .*choose the folder/,
    ],
  ])(
    'refuses %s in one sentence, and creates no project',
    async (_, name, bytes, code, sentence) => {
      await writeFile(at(name), bytes);
      const words = [
        ...['import', at('scans'), '--workspace', at('workspace'), '--project', 'Refused'],
        ...['--task', 'segmentation', '--masks', at(name), '--new-classes'],
      ];
      const report = await runTest(words, { engine });
      expect([report.exitCode, report.stdout.text]).toEqual([2, '']);
      expect(report.stderr.text.replaceAll(/\s+/g, ' ').trim()).toMatch(sentence);
      const { exitCode, stdout } = await runTest([...words, '--json'], { engine });
      expect([exitCode, JSON.parse(stdout.text)]).toMatchObject([2, { error: { code } }]);
      const store = openStore(at('workspace'));
      expect(store.projects.list().map((project) => project.name)).not.toContain('Refused');
      store.close();
    },
  );

  it('creates no class for a category named background or ignore', async () => {
    const square = [0, 0, 1, 0, 1, 1, 0, 1];
    const categories = ['Background', 'ignore', 'road'].map((name, id) => ({ id, name }));
    const annotations = categories.map(({ id }) => ({
      id,
      image_id: 1,
      category_id: id,
      iscrowd: 0,
      segmentation: [square],
    }));
    const images = [{ id: 1, file_name: 'clear/1.png' }];
    await writeFile(at('words.json'), JSON.stringify({ images, annotations, categories }));
    const words = [
      ...['import', at('scans'), '--workspace', at('workspace'), '--project', 'Words'],
      ...['--task', 'segmentation', '--masks', at('words.json')],
    ];
    expect((await runTest([...words, '--new-classes'], { engine })).exitCode).toBe(3);
    const store = openStore(at('workspace'));
    const project = store.projects.list().find(({ name }) => name === 'Words');
    store.close();
    expect(project?.classes.map(({ name }) => name)).toEqual(['road']);
  });

  it('reports every value in a file of masks', async () => {
    const square = [
      [0, 0],
      [0, 1],
      [1, 1],
      [0, 0],
    ];
    const polygon = { type: 'Polygon', coordinates: [square] };
    const features = [
      { geometry: polygon, properties: { cls: 'lake' } },
      { geometry: polygon, properties: {} },
      { geometry: { type: 'Point', coordinates: [0, 0] }, properties: {} },
    ].map((feature) => ({ type: 'Feature', ...feature }));
    const shapes = at('shapes.geojson');
    await writeFile(shapes, JSON.stringify({ type: 'FeatureCollection', features }));
    const { exitCode, stdout } = await runTest(
      [
        ...['import', at('scans'), '--workspace', at('workspace'), '--project', 'Lakes', '--json'],
        ...['--task', 'segmentation', '--masks', shapes, '--property', 'cls', '--new-classes'],
      ],
      { engine },
    );
    expect(exitCode).toBe(3);
    const { skipped } = JSON.parse(stdout.text) as { skipped: { path: string; reason: string }[] };
    const reasons = skipped.filter(({ path }) => path === shapes).map(({ reason }) => reason);
    expect(reasons.sort()).toEqual([
      expect.stringMatching(/^1 of its features are points/),
      expect.stringMatching(/^1 of its features have no cls/),
      expect.stringMatching(/^none of its shapes is inside any/),
    ]);
  });

  it('reads groups and test images from a table in a segmentation project', async () => {
    const rows = ['clear/1.png,x,patient 7,test', 'opaque/1.png,,patient 7,train'];
    await writeFile(at('groups.csv'), `path,label,group,split\n${rows.join('\n')}\n`);
    const { exitCode } = await runTest(
      [
        ...['import', at('scans'), '--workspace', at('workspace'), '--project', 'Regions'],
        ...['--task', 'segmentation', '--labels', at('groups.csv')],
      ],
      { engine },
    );
    expect(exitCode).toBe(3);
    const store = openStore(at('workspace'));
    const project = store.projects.list().find(({ name }) => name === 'Regions');
    const images = [...store.images.all(project?.id ?? 0)];
    store.close();
    expect(images.map(({ group, isTest }) => [group, isTest])).toEqual([
      ['patient 7', true],
      ['patient 7', false],
    ]);
    expect([project?.labelled, project?.classes]).toEqual([0, []]);
  });

  it.each([
    ['a folder that is not there', ['nowhere'], 'not-found', /nowhere was not found/],
    ['a table that is not there', ['scans', '--labels', 'no.csv'], 'not-found', /no\.csv/],
    ['another task', ['scans', '--task', 'several'], 'invalid-option', /one class per image/],
    [
      'a name of a line break',
      ['scans', '--project', 'a\nb'],
      'invalid-option',
      /visible characters/,
    ],
    ['a domain that is none', ['scans', '--domain', 'cats'], 'invalid-option', /--domain must be/],
  ])('%s: is reported in a sentence', async (_, [name = '', ...more], code, sentence) => {
    const { exitCode, stdout, stderr } = await runTest(
      [...['import', at(name)], ...args().slice(2), ...more, '--json'],
      { engine },
    );
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout.text)).toMatchObject({ error: { code } });
    expect(stderr.text).toMatch(sentence);
  });

  it('missing required options are reported', async () => {
    const { exitCode, stderr } = await runTest(['import', at('scans')], { engine });
    expect(exitCode).toBe(2);
    expect(stderr.text).toMatch(/--workspace <folder> and --project <name> are missing/);
  });

  it('a workspace that another program has open is refused', async () => {
    const store = openStore(at('workspace'));
    try {
      const { exitCode, stdout } = await runTest(args('--json'), { engine });
      expect(exitCode).toBe(2);
      expect(JSON.parse(stdout.text)).toMatchObject({
        error: { code: 'in-use', message: expect.stringContaining('is open in another') as string },
      });
    } finally {
      store.close();
    }
  });

  it('Ctrl-C keeps the images imported until then', async () => {
    const many = at('many');
    await mkdir(many);
    for (let index = 0; index < 300; index++) {
      const values = [index >> 8, index & 255, 3, 4];
      const png = pngFile({ width: 2, height: 2, channels: 1, bits: 8, values });
      await writeFile(join(many, `${index}.png`), png);
    }
    const signals = new EventEmitter();
    const { exitCode, stderr } = await runTest(
      ['import', many, '--workspace', at('workspace'), '--project', 'Many'],
      {
        signals,
        engine: {
          importFolder: (request, context) =>
            engine.importFolder(request, {
              ...context,
              report: (event) => {
                context.report(event);
                if (event.type === 'progress' && event.done > 0) signals.emit('SIGINT');
              },
            }),
        },
      },
    );
    expect(exitCode).toBe(130);
    expect(stderr.text).toMatch(/Stopped\. \d+ of 300 images are in Many and are\s+kept/);
    const store = openStore(at('workspace'));
    const many2 = store.projects.list().find(({ name }) => name === 'Many');
    expect(many2?.images).toBeGreaterThan(0);
    expect(many2?.images).toBeLessThan(300);
    store.close();
  });
});

describe('image locate', () => {
  it("stores the new paths of a project's images, and reports which are still missing", async () => {
    await rename(at('scans', 'clear'), at('clear elsewhere'));
    const locate = (...more: string[]) =>
      runTest(
        [
          ...['image', 'locate', at('clear elsewhere'), '--workspace', at('workspace')],
          ...['--project', 'Lungs', ...more],
        ],
        { engine },
      );
    const { exitCode, stdout, stderr } = await locate('--json');
    expect([exitCode, stderr.text]).toEqual([0, '']);
    expect(JSON.parse(stdout.text)).toEqual({
      folder: at('clear elsewhere'),
      missing: 1,
      found: 1,
      byContent: 1,
      renamed: 0,
      first: null,
    });
    const again = await locate();
    expect(again.exitCode).toBe(0);
    expect(again.stdout.text).toMatch(/^No image is missing$/m);
    await rename(at('clear elsewhere'), at('scans', 'clear'));
    const lost = await locate();
    expect([lost.exitCode, lost.stderr.text]).toEqual([
      2,
      expect.stringMatching(/clear elsewhere/),
    ]);
  });
});
