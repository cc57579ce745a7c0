import { appendFile, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ignoreValue } from '../../core/mask/tiles.ts';
import { writeFailure } from '../../formats/file-errors.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';
import type { AreaRow } from '../../formats/vector/area-table.ts';

/** More than any folder of images takes. */
const largestJournal = 2 ** 28;

const areaRow = z.strictObject({
  file: z.string(),
  frame: z.int().nonnegative().nullable(),
  value: z.int().min(0).max(255),
  class: z.string().nullable(),
  pixels: z.number().nonnegative(),
  mm2: z.number().nullable(),
  m2: z.number().nullable(),
  share: z.number().nullable(),
});

const entry = z.strictObject({
  /** What the prediction depended on. */
  fingerprint: z.string(),
  frames: z.int().positive(),
  /** Relative to the folder, with `/`. */
  files: z.array(z.string()).min(1),
  rows: z.array(areaRow),
  notes: z.array(z.string()),
});

/** The masks of a file or a series that were written. */
export interface WrittenPrediction {
  readonly fingerprint: string;
  readonly frames: number;
  readonly files: readonly string[];
  readonly rows: readonly AreaRow[];
  readonly notes: readonly string[];
}

/** What was predicted into a folder, so that nobody waits for it twice. A line each; what is no line is passed over. */
export class PredictionJournal {
  readonly #folder: string;
  readonly #path: string;
  readonly #known: ReadonlyMap<string, WrittenPrediction>;

  private constructor(folder: string, path: string, known: ReadonlyMap<string, WrittenPrediction>) {
    this.#folder = folder;
    this.#path = path;
    this.#known = known;
  }

  /**
   * @param isKept whether what it says already counts
   * @throws UserError 'disk'
   */
  static async open(folder: string, isKept: boolean): Promise<PredictionJournal> {
    const path = join(folder, '.understudy-predictions');
    const known = isKept ? await readEntries(path) : new Map<string, WrittenPrediction>();
    if (!isKept) await writeFileAtomically(path, new Uint8Array(), { durable: false });
    return new PredictionJournal(folder, path, known);
  }

  /** Undefined where it was not predicted, or a file of it is gone. */
  async find(fingerprint: string): Promise<WrittenPrediction | undefined> {
    const known = this.#known.get(fingerprint);
    if (!known) return undefined;
    for (const file of known.files) {
      if (!(await stat(join(this.#folder, file)).catch(() => undefined))) return undefined;
    }
    return known;
  }

  /** @throws UserError 'disk' */
  async add({ rows, ...rest }: WrittenPrediction): Promise<void> {
    const plain = rows.map((row) => ({ ...row, class: row.class ?? null }));
    const line = `${JSON.stringify({ ...rest, rows: plain })}\n`;
    await appendFile(this.#path, line).catch((error: unknown) => {
      throw writeFailure(error, this.#path);
    });
  }
}

async function readEntries(path: string): Promise<Map<string, WrittenPrediction>> {
  const known = new Map<string, WrittenPrediction>();
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size > largestJournal) return known;
  const text = await readFile(path, 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    const parsed = entry.safeParse(parse(line));
    if (!parsed.success) continue;
    const { rows, ...rest } = parsed.data;
    known.set(rest.fingerprint, { ...rest, rows: rows.map(withUnknown) });
  }
  return known;
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Cut short by whatever ended the process.
    return undefined;
  }
}

/** JSON cannot tell what is not known from what has no name. */
function withUnknown(row: z.infer<typeof areaRow>): AreaRow {
  return { ...row, class: row.value === ignoreValue ? undefined : row.class };
}
