import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';
import { z } from 'zod';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { tokenCount } from '../../core/vit/architecture.ts';
import { parseJson } from '../../formats/json.ts';
import { makeFolder } from '../../formats/make-folder.ts';
import { writeFileAtomically } from '../../formats/write-file.ts';
import { runtimeVersion } from '../../runtime/onnxruntime.ts';
import { processorKey } from './processor-name.ts';
import type { TrialRequest } from './trial.ts';

/** Images a second by what was measured; null for what did not get through. The latest last. */
const speeds = z.array(
  z.strictObject({ of: z.string().max(1000), imagesPerSecond: z.number().positive().nullable() }),
);
type Speeds = z.infer<typeof speeds>;

/** Measurements that are kept, so that the file stays small. */
const most = 500;

/** How fast devices of this machine were with students, between one run of the command line and the next. */
export class KnownSpeeds {
  readonly #file: string;
  #speeds: Speeds;

  private constructor(file: string, known: Speeds) {
    this.#file = file;
    this.#speeds = known;
  }

  /** A file that cannot be read is as good as none: all is measured again. */
  static async open(file = usualFile()): Promise<KnownSpeeds> {
    const text = await readFile(file, 'utf8').catch(() => '');
    return new KnownSpeeds(file, speeds.safeParse(parseJson(text)).data ?? []);
  }

  /** Undefined where it was not measured. */
  get(key: string): number | null | undefined {
    return this.#speeds.find(({ of }) => of === key)?.imagesPerSecond;
  }

  /** Where it cannot be written it is measured again next time. */
  async set(key: string, imagesPerSecond: number | null): Promise<void> {
    const others = this.#speeds.filter(({ of }) => of !== key);
    await this.#write([...others, { of: key, imagesPerSecond }].slice(-most));
  }

  /** What did not get through is tried again when it is asked for. */
  async forgetFailures(): Promise<void> {
    const measured = this.#speeds.filter(({ imagesPerSecond }) => imagesPerSecond !== null);
    if (measured.length < this.#speeds.length) await this.#write(measured);
  }

  async #write(speeds: Speeds): Promise<void> {
    this.#speeds = speeds;
    const text = `${JSON.stringify(this.#speeds, undefined, 2)}\n`;
    try {
      await makeFolder(dirname(this.#file));
      await writeFileAtomically(this.#file, new TextEncoder().encode(text));
    } catch {
      // Not worth a word.
    }
  }
}

/** Everything that decides how fast a step is. */
export function speedKey(
  {
    device,
    threads,
    blocks,
    rank,
    batch,
    precision,
  }: Omit<TrialRequest, 'teacher' | 'imageSize' | 'overrides' | 'preparation'>,
  architecture: VitArchitecture,
  gpu: string | undefined,
): string {
  const { width, mlpWidth, heads } = architecture;
  const on =
    device === 'cpu'
      ? `${processorKey()}, ${threads} threads`
      : `${gpu ?? 'no GPU'}${device === 'tensorflow' ? `, ${threads} threads` : ''}`;
  const student = `${blocks.length} blocks of ${width}, ${mlpWidth}, ${heads} heads, ${tokenCount(architecture)} tokens, rank ${rank}, ${batch} images, ${precision}`;
  return `${device} (${on}), ONNX Runtime ${runtimeVersion}: ${student}`;
}

/** Where systems keep what can be made again. */
function usualFile(): string {
  return join(envPaths('understudy', { suffix: '' }).cache, 'device-speeds.json');
}
