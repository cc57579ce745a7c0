import { EventEmitter } from 'node:events';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { niftiFile } from '../../formats/raster/nifti/nifti-fixtures.ts';
import { pngFile } from '../../formats/image-fixtures.ts';
import { openStore } from '../../store/store.ts';
import { engine } from '../engine.ts';
import { runTest } from '../testing/test-world.ts';

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
  it('makes a project, with one object for programs', async () => {
    const { exitCode, stdout, stderr } = await runTest(
      args('--domain', 'medical', '--labels', 'folders', '--json'),
      { engine },
    );
    expect([exitCode, stderr.text]).toEqual([0, '']);
    expect(stdout.lines).toHaveLength(1);
    expect(JSON.parse(stdout.text)).toEqual({
      workspace: at('workspace'),
      project: { id: 1, name: 'Lungs', isNew: true },
      folder: at('scans'),
      ...{
        found: 3,
        added: 2,
        known: 0,
        moved: 0,
        masks: 0,
        maskValues: [],
        likelyMasks: 0,
        otherFiles: 1,
      },
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

  it.skipIf(process.platform === 'win32')('makes a workspace for its owner alone', async () => {
    const names = await readdir(at('workspace'), { recursive: true });
    expect(names.some((name) => name.endsWith('.jpg'))).toBe(true);
    for (const name of names) {
      const found = await stat(at('workspace', name));
      expect([name, found.mode & 0o077]).toEqual([name, 0]);
    }
  });

  it('reads patients again where the key for them is lost', async () => {
    const store = openStore(at('workspace'));
    const [image] = [...store.images.all(1)];
    store.images.regroup([{ id: image?.id ?? 0, group: '0123456789abcdef' }]);
    store.close();
    await rm(at('workspace', 'secret'));
    const { exitCode, stdout, stderr } = await runTest(args('--rekey', '--json'), { engine });
    expect([exitCode, stderr.text]).toEqual([0, '']);
    expect(JSON.parse(stdout.text)).toMatchObject({
      rekeyed: { images: 0, groups: 0, gone: [] },
    });
    const again = openStore(at('workspace'));
    expect(again.images.keyedGroups()).toBe(1);
    again.close();
  });

  it('goes on with the project of that name, and says for people what came in', async () => {
    const { exitCode, stdout, stderr } = await runTest(args(), { engine });
    expect(exitCode).toBe(0);
    expect(stdout.text).toMatch(/^Project +Lungs$/m);
    expect(stdout.text).toMatch(/^There before +2 images$/m);
    expect(stdout.text).toMatch(/^Left out +1$/m);
    expect(stderr.text).toMatch(/^Reading images +3 of 3 in /m);
    expect(stderr.text).toContain('cut.png');
  });

  describe('masks without names', () => {
    const nuclei = async (name: string, values: readonly number[]): Promise<string[]> => {
      const square = { width: 2, height: 2, channels: 1, bits: 8 } as const;
      await mkdir(at(name, 'images'), { recursive: true });
      await mkdir(at(name, 'masks'));
      await writeFile(at(name, 'images', 'a.png'), pngFile({ ...square, values: [9, 8, 7, 6] }));
      await writeFile(at(name, 'masks', 'a.png'), pngFile({ ...square, values }));
      return [
        ...['import', at(name), '--workspace', at('workspace'), '--project', name],
        ...['--task', 'segmentation', '--masks', 'found', '--new-classes'],
      ];
    };

    it('of 0 and 255 come in as one class, by the command of the guide', async () => {
      const { exitCode, stdout, stderr } = await runTest(await nuclei('binary', [0, 0, 0, 255]), {
        engine,
      });
      expect([exitCode, stderr.text]).toEqual([0, expect.not.stringContaining('not clear')]);
      expect(stdout.text).toMatch(/^With masks +1 image$/m);
      expect(stdout.text).toMatch(/^0 +background +75\.0 %$/m);
      expect(stdout.text).toMatch(/^255 +object +25\.0 %$/m);
    });

    it('beside their images are told of, and come in where they are asked for', async () => {
      const noise = Array.from({ length: 256 }, (_, at) => at);
      const large = { width: 16, height: 16, channels: 1, bits: 8 } as const;
      await mkdir(at('mixed'));
      await writeFile(at('mixed', 'a.png'), pngFile({ ...large, values: noise }));
      const values = noise.map((at) => (at < 64 ? 255 : 0));
      await writeFile(at('mixed', 'a_mask.png'), pngFile({ ...large, values }));
      const args = (project: string): string[] => [
        ...['import', at('mixed'), '--workspace', at('workspace'), '--project', project],
      ];
      const plain = await runTest(args('Both'), { engine });
      expect(plain.stdout.text).toMatch(/^Look like masks +1 image; with --task segmentation/m);
      const asked = await runTest(
        [...args('Parted'), '--task', 'segmentation', '--masks', 'found', '--new-classes'],
        { engine },
      );
      expect([asked.exitCode, asked.stdout.text]).toEqual([
        0,
        expect.stringMatching(/^Added +1 image$[^]*^With masks +1 image$/m),
      ]);
    });

    it('of 0, 128 and 255 are refused until an option says what 255 is', async () => {
      const args = await nuclei('three', [0, 0, 128, 255]);
      const { exitCode, stderr } = await runTest(args, { engine });
      expect(exitCode).toBe(2);
      expect(stderr.text).toContain(
        'The masks have these values, with their shares of the pixels: 0 (50.0 %), 128 (25.0 %), 255 (25.0 %).',
      );
      expect(stderr.text).toContain('--class 255=ignore');
      const named = await runTest([...args, '--class', '255=nucleus'], { engine });
      expect([named.exitCode, named.stderr.text]).toEqual([0, expect.any(String)]);
      expect(named.stdout.text).toMatch(/^128 +class 128 +25\.0 %$/m);
      expect(named.stdout.text).toMatch(/^255 +nucleus +25\.0 %$/m);
      const ignored = await runTest([...args, '--class', '255=ignore', '--json'], { engine });
      expect(JSON.parse(ignored.stdout.text)).toMatchObject({
        maskValues: [
          { value: '0', share: 0.5, becomes: 'background' },
          { value: '128', share: 0.25, becomes: 'class 128' },
          { value: '255', share: 0.25, becomes: 'ignored: nothing known' },
        ],
      });
    });
  });

  it('brings masks in as options say, in the colours of their list', async () => {
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
    expect(unsaid.stderr.text).toContain(
      'what becomes of core (25.0 % of the pixels), rim (50.0 %',
    );
    const said = await runTest(more('--class', 'rim=background', '--new-classes'), { engine });
    expect([said.exitCode, said.stdout.text]).toEqual([
      0,
      expect.stringMatching(/^With masks +1 image$/m),
    ]);
    const store = openStore(at('workspace'));
    const project = store.projects.list().find(({ name }) => name === 'Cells');
    // What could not begin left no project.
    expect(project).toMatchObject({ task: 'segmentation', images: 1, labelled: 1 });
    expect(project?.classes).toMatchObject([{ name: 'core', colour: '#a01020' }]);
    const { images } = store.images.page(project?.id ?? 0, { show: 'all', search: '' }, 0, 1);
    expect(store.masks.list(images[0]?.id ?? 0)).toMatchObject([
      { layer: 'human', state: 'done', histogram: [{ value: 1, pixels: 1 }] },
    ]);
    store.close();
    const other = await runTest([...args(), '--masks', 'found'], { engine });
    expect(other.stderr.text).toContain('is for one class an image');
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
      /labels\.nii fits none of the DICOM images in the folder: .*choose the folder/,
    ],
  ])(
    'refuses %s in one sentence, and leaves no project',
    async (_, name, bytes, code, sentence) => {
      await writeFile(at(name), bytes);
      const words = [
        ...['import', at('scans'), '--workspace', at('workspace'), '--project', 'Refused'],
        ...['--task', 'segmentation', '--masks', at(name), '--new-classes'],
      ];
      const said = await runTest(words, { engine });
      expect([said.exitCode, said.stdout.text]).toEqual([2, '']);
      expect(said.stderr.text.replaceAll(/\s+/g, ' ').trim()).toMatch(sentence);
      const { exitCode, stdout } = await runTest([...words, '--json'], { engine });
      expect([exitCode, JSON.parse(stdout.text)]).toMatchObject([2, { error: { code } }]);
      const store = openStore(at('workspace'));
      expect(store.projects.list().map((project) => project.name)).not.toContain('Refused');
      store.close();
    },
  );

  it('makes no class of a category that is background or ignore', async () => {
    const square = [0, 0, 1, 0, 1, 1, 0, 1];
    const categories = ['Background', 'ignore', 'road'].map((name, id) => ({ id, name }));
    const annotations = categories.map(({ id }) => ({
      ...{ id, image_id: 1, category_id: id, iscrowd: 0, segmentation: [square] },
    }));
    const images = [{ id: 1, file_name: 'clear/1.png' }];
    await writeFile(at('words.json'), JSON.stringify({ images, annotations, categories }));
    const words = [
      ...['import', at('scans'), '--workspace', at('workspace'), '--project', 'Words'],
      ...['--task', 'segmentation', '--masks', at('words.json')],
    ];
    expect((await runTest([...words, '--new-classes'], { engine })).exitCode).toBe(0);
    const store = openStore(at('workspace'));
    const project = store.projects.list().find(({ name }) => name === 'Words');
    store.close();
    expect(project?.classes.map(({ name }) => name)).toEqual(['road']);
  });

  it('tells all that there is of a file of masks', async () => {
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
    expect(exitCode).toBe(0);
    const { skipped } = JSON.parse(stdout.text) as { skipped: { path: string; reason: string }[] };
    const reasons = skipped.filter(({ path }) => path === shapes).map(({ reason }) => reason);
    expect(reasons.sort()).toEqual([
      expect.stringMatching(/^1 of its features are points/),
      expect.stringMatching(/^1 of its features have no cls/),
      expect.stringMatching(/^nothing in it lies on any/),
    ]);
  });

  it('takes groups and what is held out from a table where regions are outlined', async () => {
    const rows = ['clear/1.png,x,patient 7,test', 'opaque/1.png,,patient 7,train'];
    await writeFile(at('groups.csv'), `path,label,group,split\n${rows.join('\n')}\n`);
    const { exitCode } = await runTest(
      [
        ...['import', at('scans'), '--workspace', at('workspace'), '--project', 'Regions'],
        ...['--task', 'segmentation', '--labels', at('groups.csv')],
      ],
      { engine },
    );
    expect(exitCode).toBe(0);
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
    ['another task', ['scans', '--task', 'several'], 'invalid-option', /one class an image/],
    ['a name of a line break', ['scans', '--project', 'a\nb'], 'invalid-option', /can be seen/],
    ['a domain that is none', ['scans', '--domain', 'cats'], 'invalid-option', /--domain must be/],
  ])('%s: a sentence', async (_, [name = '', ...more], code, sentence) => {
    const { exitCode, stdout, stderr } = await runTest(
      [...['import', at(name)], ...args().slice(2), ...more, '--json'],
      { engine },
    );
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout.text)).toMatchObject({ error: { code } });
    expect(stderr.text).toMatch(sentence);
  });

  it('what must be given is asked for', async () => {
    const { exitCode, stderr } = await runTest(['import', at('scans')], { engine });
    expect(exitCode).toBe(2);
    expect(stderr.text).toMatch(/--workspace <folder> and --project <name> are missing/);
  });

  it('a workspace that is open elsewhere is refused', async () => {
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

  it('Ctrl-C keeps what is in', async () => {
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
    expect(stderr.text).toMatch(/Stopped\. \d+ of 300 images are in Many and stay/);
    const store = openStore(at('workspace'));
    const many2 = store.projects.list().find(({ name }) => name === 'Many');
    expect(many2?.images).toBeGreaterThan(0);
    expect(many2?.images).toBeLessThan(300);
    store.close();
  });
});

describe('image locate', () => {
  it('gives a project the new places of its images, and says what is still missing', async () => {
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
      ...{ folder: at('clear elsewhere'), missing: 1, found: 1, byContent: 1, first: null },
    });
    const again = await locate();
    expect(again.stdout.text).toMatch(/^No image is missing$/m);
    await rename(at('clear elsewhere'), at('scans', 'clear'));
    const lost = await locate();
    expect([lost.exitCode, lost.stderr.text]).toEqual([
      2,
      expect.stringMatching(/clear elsewhere/),
    ]);
  });
});
