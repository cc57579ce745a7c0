import { deflateRawSync } from 'node:zlib';

/**
 * Rows of every table as the version that added it wrote them, by the first version that can have them. Rows of a
 * released version are never changed, and new ones may be added: the test of migrations reads them with today's
 * queries. They use no types of the contract: if it changes the stored form, these rows stay, the test fails, and a
 * migration is needed.
 */

const settings = {
  teacher: null,
  skip: 2,
  rank: 16,
  steps: 600,
  views: 64,
  batch: 128,
  start: 'auto',
  orientation: 'upright',
};

const description = {
  file: '/models/vit.safetensors',
  bytes: 343_000_000,
  sha256: 'a'.repeat(64),
  convention: 'timm',
  storedAs: ['float32'],
  architecture: {
    imageSize: 224,
    patchSize: 16,
    channels: 3,
    width: 768,
    depth: 12,
    heads: 12,
    mlpWidth: 3072,
    classTokens: 1,
    registers: 0,
    positionsCoverPrefix: true,
    layerScale: false,
    preNorm: false,
    activation: 'gelu',
    epsilon: 1e-6,
    qkvBias: true,
    pooling: 'class-token',
    normAfterPooling: false,
  },
  normalization: { mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5] },
  assumed: ['heads'],
  parameters: 85_800_000,
  students: [{ skip: 2, blocks: [0, 2, 4, 6, 8, 10], parameters: 43_300_000 }],
};

const interval = { value: 0.9, low: 0.8, high: 0.95 };

const candidate = {
  accuracy: interval,
  balancedAccuracy: interval,
  macroF1: interval,
  auc: null,
  confusion: [
    [5, 1],
    [0, 6],
  ],
  blocks: 6,
  parameters: 43_300_000,
  bytes: 173_200_000,
  msPerImage: 12.5,
};

const summary = {
  teacher: candidate,
  copy: candidate,
  student: candidate,
  loss: { first: 0.5, last: 0.1 },
  seconds: 60,
  skip: 2,
  blocks: [0, 2, 4, 6, 8, 10],
  rank: 16,
  steps: 600,
  classes: ['clear', 'opaque'],
  task: 'single',
  images: { distilled: 40, labelled: 28, tested: 12, skipped: [] },
  targetCacheHits: 0.98,
  parity: [],
  files: [],
};

/** Structures stored in the rows. */
export const written = { settings, description, summary };

/** Tile of 512 × 512 times the value 2. */
const maskOfTwos = deflateRawSync(new Uint8Array(2 ** 18).fill(2)).toString('hex');

const text = (value: unknown): string => `'${JSON.stringify(value).replaceAll("'", "''")}'`;

export const rows: ReadonlyMap<number, string> = new Map([
  [
    10,
    `
INSERT INTO projects VALUES
  (1, 'Lungs', 'medical', 'several', 0, ${text(settings)}, '2026-01-01T10:00:00.000Z',
   '2026-01-02T10:00:00.000Z');
INSERT INTO classes VALUES (1, 1, 'clear', '#0072b2', 0), (2, 1, 'opaque', '#e69f00', 1);
INSERT INTO images VALUES
  (1, 1, '/images', 'A2.png', 'a2.png', 'a0012.png', zeroblob(32), 10, 1.5, 64, 48, 'p', 1, 1),
  (2, 1, '/images', 'A10.png', 'a10.png', 'a00210.png', CAST('${'x'.repeat(32)}' AS BLOB), 10, 2,
   64, 48, NULL, 0, 0);
INSERT INTO labels VALUES (1, 2);
INSERT INTO imports VALUES
  (1, 1, '/images',
   '{"project":1,"folder":"/images","found":2,"added":2,"known":0,"skipped":[],"cancelled":false}',
   '2026-01-01T10:00:00.000Z');
INSERT INTO teachers VALUES
  (1, 'vit', '/models/vit.safetensors', '${'a'.repeat(64)}', ${text(description)}, NULL, NULL,
   'Apache-2.0', 1, '2026-01-01T10:00:00.000Z');
INSERT INTO estimates VALUES (1, 'here', '{"seconds":1}');
INSERT INTO runs VALUES
  (1, 1, 1, 'vit', 12, 'done', ${text(settings)}, 600, NULL, ${text(summary)}, '/runs/1',
   '2026-01-01T10:00:00.000Z', '2026-01-01T11:00:00.000Z');
INSERT INTO run_metrics VALUES (1, 1, 0.5), (1, 2, 0.25);
INSERT INTO exports VALUES (1, 1, 'int8', '/out/student.onnx', 12, '2026-01-01T11:00:00.000Z');
`,
  ],
  [20, `INSERT INTO predictions VALUES (1, 1, '[1]', '[1]', '[0]', '[0,1]');`],
  [
    30,
    `
INSERT INTO run_references VALUES (1, '[1,null]', 1, 0.75, x'010203040506');
INSERT INTO run_glimpses VALUES (1, 0, NULL, x'010203040506'), (1, 40, 0.5, x'060504030201');
`,
  ],
  [
    50,
    `
INSERT INTO masks VALUES (1, 1, 'human', 'done', 3, '2026-01-03T10:00:00.000Z');
INSERT INTO mask_tiles VALUES (1, 1, 0, 0, '{"2":262144}', x'${maskOfTwos}');
`,
  ],
  [
    70,
    `
INSERT INTO image_scores VALUES
  (1, 2, 0.75, '[{"class":2,"probability":0.5},{"class":1,"probability":0.25}]', '[2]', '[1]');
`,
  ],
  [
    80,
    `
INSERT INTO import_files VALUES
  (1, '/images/notes.txt', NULL, 1, 'other', 'Its name is not that of an image file.', NULL, NULL, NULL, NULL, 0);
INSERT INTO watched_folders VALUES (1, '/images', '"folders"', '2026-01-01T10:00:00.000Z');
`,
  ],
  [
    90,
    `
UPDATE watched_folders SET masks =
  '{"source":{"kind":"masks","path":"/images","property":null},' ||
  '"classes":[{"value":1,"to":{"class":2}}],"onConflict":"keep","state":"done",' ||
  '"looked":[{"value":1,"name":"opaque","number":3,"colour":null,"count":2}],' ||
  '"table":{"byColour":false,"values":[[0,0],[3,1],[255,255]]}}';
INSERT INTO watched_labels VALUES (1, '/images', '/images/masks/A2.png', 70, 1.5, 12);
`,
  ],
  [
    100,
    `
INSERT INTO masks VALUES (2, 1, 'student', 1, 'draft', 1, '2026-01-03T10:00:00.000Z');
INSERT INTO run_masks VALUES (1, 1, 0.5, NULL, 0.25);
`,
  ],
  [110, `INSERT INTO run_metrics VALUES (1, 'decoder', 1, 0.75);`],
  [
    140,
    `INSERT INTO settings VALUES ('downloads', '{"mirror":"https://mirror.example","proxy":null}');`,
  ],
  [150, `INSERT INTO fetched_cards VALUES ('vit-small-augreg', '${'a'.repeat(64)}', 0);`],
  [
    180,
    `
INSERT INTO test_sets VALUES (1, 1, 1, 1, 'abc', 1, '[[1,"2"]]', '2026-01-01T11:00:00.000Z');
UPDATE runs SET test_set = 1;
UPDATE projects SET test_mode = 'marked', test_draws = 1;
`,
  ],
  [190, `INSERT INTO unfinished_files VALUES ('/out/.understudy-0123456789abcdef.partial');`],
  [210, `INSERT INTO risky_files VALUES (1, '/images/bad.png', 10, 1, 12, 2);`],
]);
