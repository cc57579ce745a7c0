import { describe, expect, it } from 'vitest';
import {
  demoRequest,
  distillRequest,
  evaluateRequest,
  predictRequest,
  sampleRequest,
  teacherOverrides,
} from '../../contract/jobs.ts';
import type { Engine } from '../engine.ts';
import { runTest } from '../testing/test-environment.ts';

const needed = ['--teacher', 't.safetensors', '--images', 'in', '--out', 'out'];
const neededRequest = { teacher: 't.safetensors', images: 'in', out: 'out' };

/** Runs a command line and returns the request that the engine received. */
async function asked(argv: readonly string[]): Promise<{ name: string; request: unknown }> {
  const calls: { name: string; request: unknown }[] = [];
  const recording = new Proxy({} as Engine, {
    ownKeys: () => names,
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
    get: (_target, name) => (first: unknown, second: unknown) => {
      const request = name === 'inspectTeacher' ? [first, second] : first;
      calls.push({ name: String(name), request });
      return Promise.reject(new Error('enough'));
    },
  });
  await runTest(argv, { engine: recording });
  expect(calls).toHaveLength(1);
  return calls[0] ?? { name: 'nothing', request: undefined };
}

const names: (keyof Engine)[] = [
  'distill',
  'evaluateModel',
  'predict',
  'demo',
  'writeSample',
  'inspectTeacher',
  'importTeacher',
  'locateImages',
  'listTeachers',
  'inspectImage',
  'listDevices',
];

describe('requests', () => {
  it.each<[string[], keyof Engine, unknown]>([
    [['distill', ...needed], 'distill', distillRequest.parse(neededRequest)],
    [
      [
        ...['distill', ...needed, '--labels', 'a.csv', '--test', 'held', '--task', 'several'],
        ...[
          '--start',
          'copy',
          '--skip',
          '3',
          '--blocks',
          '0,2-4, 5',
          '--rank',
          '64',
          '--steps',
          '1e3',
          '--batch',
          '8',
        ],
        ...['--lr', '.003', '--views', '5', '--per-class', '10', '--orientation', 'overhead'],
        ...['--framing', 'centre', '--image-size', '128', '--seed', '7', '--device', 'cpu'],
        ...['--bands', '4,3,2', '--range', 'window:40:400'],
        ...['--threads', '2', '--resume', '--heads', '4', '--epsilon', '1e-5', '--activation'],
        ...['quick-gelu', '--pooling', 'patch-mean', '--mean', '-0.5,0,.5', '--std', '1,1,1'],
        ...['--teacher-bands', '3,2,1'],
      ],
      'distill',
      {
        ...distillRequest.parse(neededRequest),
        overrides: {
          heads: 4,
          epsilon: 1e-5,
          activation: 'quick-gelu',
          pooling: 'patch-mean',
          mean: [-0.5, 0, 0.5],
          deviation: [1, 1, 1],
          colourBands: [3, 2, 1],
        },
        labels: 'a.csv',
        test: 'held',
        task: 'several',
        start: 'copy',
        skip: 3,
        blocks: [0, 2, 3, 4, 5],
        rank: 64,
        steps: 1000,
        batch: 8,
        learningRate: 0.003,
        views: 5,
        perClass: 10,
        orientation: 'overhead',
        framing: 'centre',
        preparation: { bands: [4, 3, 2], range: 'window:40:400' },
        imageSize: 128,
        seed: 7,
        device: 'cpu',
        threads: 2,
        resume: true,
      },
    ],
    [
      [
        ...['distill', ...needed, '--task', 'segmentation', '--labels', 'masks', '--adapt'],
        ...[
          '--decoder-steps',
          '50',
          '--overlap',
          '.25',
          '--tolerance',
          '1.5',
          '--image-size',
          '96',
        ],
      ],
      'distill',
      {
        ...distillRequest.parse(neededRequest),
        task: 'segmentation',
        labels: 'masks',
        adapt: true,
        decoderSteps: 50,
        overlap: 0.25,
        tolerance: 1.5,
        imageSize: 96,
      },
    ],
    [
      ['evaluate', '--model', 'm.onnx', '--images', 'in', '--tolerance', '3'],
      'evaluateModel',
      evaluateRequest.parse({ model: 'm.onnx', images: 'in', tolerance: 3 }),
    ],
    ...(['2px', '1.5mm', '0.5 mm', '3m', '1e1m'] as const).map(
      (length, index): [string[], keyof Engine, unknown] => [
        ['evaluate', '--model', 'm.onnx', '--images', 'in', '--tolerance', length],
        'evaluateModel',
        {
          ...evaluateRequest.parse({ model: 'm.onnx', images: 'in' }),
          tolerance: [2, 1.5, 0.5, 3, 10][index],
          toleranceUnit: ['px', 'mm', 'mm', 'm', 'm'][index],
        },
      ],
    ),
    [
      [
        ...['predict', '--model', 'm.onnx', '--images', 'in', '--out', 'o', '--format', 'gpkg'],
        ...['--simplify', '1.5', '--overlap', '0', '--resume'],
      ],
      'predict',
      {
        model: 'm.onnx',
        images: 'in',
        out: 'o',
        format: 'gpkg',
        simplify: 1.5,
        overlap: 0,
        resume: true,
        device: 'cpu',
      },
    ],
    [
      ['evaluate', '--model', 'm.onnx', '--images', 'in', '--labels', 'a.csv', '--seed', '3'],
      'evaluateModel',
      evaluateRequest.parse({ model: 'm.onnx', images: 'in', labels: 'a.csv', seed: 3 }),
    ],
    [
      ['predict', '--model', 'm.onnx', '--images', 'in', '--out', 'o', '--threads', '1'],
      'predict',
      predictRequest.parse({ model: 'm.onnx', images: 'in', out: 'o', threads: 1 }),
    ],
    [['demo'], 'demo', demoRequest.parse({ out: './understudy-demo' })],
    [['demo', '--out', 'x', '--seed', '4'], 'demo', demoRequest.parse({ out: 'x', seed: 4 })],
    [
      ['sample', '--set', 'cells', '--out', 'x', '--per-class', '3'],
      'writeSample',
      sampleRequest.parse({ set: 'cells', out: 'x', perClass: 3 }),
    ],
    [['teacher', 'inspect', 'f.st'], 'inspectTeacher', ['f.st', teacherOverrides.parse({})]],
    [['teacher', 'inspect', 'f.st', '--heads', '6'], 'inspectTeacher', ['f.st', { heads: 6 }]],
    [
      ['teacher', 'import', 'f.pth', '--workspace', 'w', '--heads', '6', '--mean', '0.5,0.5,0.5'],
      'importTeacher',
      { file: 'f.pth', workspace: 'w', heads: 6, mean: [0.5, 0.5, 0.5] },
    ],
    [['teacher', 'list', '--workspace', 'w'], 'listTeachers', 'w'],
    [['image', 'inspect', 'f.nii'], 'inspectImage', 'f.nii'],
    [['devices', '--threads', '2'], 'listDevices', 2],
    [['devices'], 'listDevices', undefined],
  ])('%j makes the request %s', async (argv, name, request) => {
    expect(await asked(argv)).toEqual({ name, request });
  });
});

describe('invalid options', () => {
  it.each<[string[], string]>([
    [['--adapt'], '--adapt is for segmentation only. Add --task segmentation, or leave it out.'],
    [
      ['--decoder-steps', '9', '--task', 'single'],
      '--decoder-steps is for segmentation only. Add --task segmentation, or leave it out.',
    ],
    [['--labels', 'masks'], '--labels masks is for segmentation only. Add --task segmentation.'],
    [
      ['--task', 'segmentation', '--per-class', '5'],
      '--per-class is not for --task segmentation: an image may show several classes. Leave it out; to use fewer images, name a folder with only those.',
    ],
    [
      ['--task', 'segmentation', '--framing', 'whole'],
      '--framing is not for --task segmentation: images keep their shape and are cut into tiles. Leave it out.',
    ],
    [['--overlap', '1'], '--overlap must be a number from 0 to 0.75; it was "1".'],
    ...['2cm', 'mm', '2mmm', '1,5mm', '-1', '1001m', '2 PX', ''].map(
      (length): [string[], string] => [
        ['--tolerance', length],
        `--tolerance must be a length from 0 to 1000, like 2, 2px, 1.5mm or 3m; it was "${length}".`,
      ],
    ),
    [['--rank', 'x'], '--rank must be a whole number from 1 to 1024; it was "x".'],
    [['--rank', '2.5'], '--rank must be a whole number from 1 to 1024; it was "2.5".'],
    [['--rank', '0x10'], '--rank must be a whole number from 1 to 1024; it was "0x10".'],
    [['--skip', '0'], '--skip must be a whole number from 1 to 1024; it was "0".'],
    [['--steps', ''], '--steps must be a whole number from 1 to 1,000,000; it was "".'],
    [['--seed', '-1'], '--seed must be a whole number from 0 to 4,294,967,295; it was "-1".'],
    [['--lr', '0'], '--lr must be a number above 0 and at most 1; it was "0".'],
    [['--lr', 'Infinity'], '--lr must be a number above 0 and at most 1; it was "Infinity".'],
    [['--task', 'both'], '--task must be auto, single, several or segmentation; it was "both".'],
    [
      ['--device', 'tpu'],
      '--device must be auto, cpu, webgpu, cuda, tensorflow, dml or coreml; it was "tpu".',
    ],
    [
      ['--blocks', '0,x'],
      '--blocks must be whole numbers from 0 to 1023, separated by commas; it was "0,x".',
    ],
    [
      ['--blocks', ''],
      '--blocks must be whole numbers from 0 to 1023, separated by commas; it was "".',
    ],
    [['--std', '1,0'], '--std must be numbers from 0.001 to 2, separated by commas; it was "1,0".'],
    [['--mean', 'a,b'], '--mean must be numbers from -1 to 1, separated by commas; it was "a,b".'],
    [['--epsilon', '1'], '--epsilon must be a number from 1e-12 to 0.1; it was "1".'],
    [['--test', ''], '--test must be text of 1 to 4096 characters; it was "".'],
  ])('%j', async (option, sentence) => {
    const { exitCode, stdout, stderr } = await runTest(['distill', ...needed, ...option]);
    expect(stderr.lines).toEqual([sentence, 'See understudy distill --help.']);
    expect(stdout.text).toBe('');
    expect(exitCode).toBe(2);
  });

  it.each<[string[], string, string]>([
    [['distill'], '--teacher <file>, --images <folder> and --out <folder> are missing.', 'distill'],
    [['sample', '--out', 'x'], '--set <name> is missing.', 'sample'],
    [['teacher', 'inspect'], "Missing required argument 'file'.", 'teacher inspect'],
    [['teacher', 'import', 'f'], '--workspace <folder> is missing.', 'teacher import'],
    [['teacher', 'list'], '--workspace <folder> is missing.', 'teacher list'],
    [['teacher', 'inspect', 'f', '--heads', 'x'], '--heads must be', 'teacher inspect'],
    [['image', 'inspect'], "Missing required argument 'file'.", 'image inspect'],
    [['distill', '--rnak', '3'], "Unknown option '--rnak'. (Did you mean --rank?)", 'distill'],
    [['distill', '--rank'], "Option '--rank <k>' argument missing.", 'distill'],
    [['devices', 'extra'], 'Too many arguments', 'devices'],
    [['teacher', 'inspct'], "Unknown command 'inspct'. (Did you mean inspect?)", 'teacher'],
  ])('%j', async (argv, sentence, command) => {
    const { exitCode, stderr } = await runTest(argv);
    expect(stderr.lines[0]).toContain(sentence);
    expect(stderr.lines.slice(1)).toEqual([`See understudy ${command} --help.`]);
    expect(exitCode).toBe(2);
  });

  it.each([[[]], [['--format', 'png']], [['--format', 'nifti']]])(
    '--simplify without a polygon format is refused, %j',
    async (format) => {
      const argv = ['predict', '--model', 'm', '--images', 'i', '--out', 'o', '--simplify', '2'];
      const { exitCode, stderr } = await runTest([...argv, ...format]);
      expect(stderr.lines).toEqual([
        '--simplify is for polygons only. Add --format geojson or --format gpkg, or leave out --simplify.',
        'See understudy predict --help.',
      ]);
      expect(exitCode).toBe(2);
    },
  );

  it('all invalid options are reported at once', async () => {
    const { stderr } = await runTest(['distill', ...needed, '--rank', 'x', '--views', '0']);
    expect(stderr.lines).toEqual([
      '--rank must be a whole number from 1 to 1024; it was "x".',
      '--views must be a whole number from 1 to 100,000; it was "0".',
      'See understudy distill --help.',
    ]);
    const { stderr: together } = await runTest(['distill', ...needed, '--adapt', '--overlap', '0']);
    expect(together.lines).toHaveLength(3);
  });
});
