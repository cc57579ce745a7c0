import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';
import { z } from 'zod';
import type { VitArchitecture } from '../../core/vit/architecture.ts';
import { tokenCount } from '../../core/vit/architecture.ts';
import { parseJson } from '../../formats/files/json.ts';
import { makeFolder } from '../../formats/files/make-folder.ts';
import { writeFileAtomically } from '../../formats/files/write-file.ts';
import { runtimeVersion } from '../../runtime/onnxruntime.ts';
import { processorKey } from '../devices/processor-name.ts';
import type { TrialRequest } from '../speed/trial.ts';

/** Images per second by measurement key; null for failed trials. The latest is last. */
const speeds = z.array(
  z.strictObject({ of: z.string().max(1000), imagesPerSecond: z.number().positive().nullable() }),
);
type Speeds = z.infer<typeof speeds>;

/** Maximum number of stored measurements, so that the file stays small. */
const most = 500;

/** Measured speeds of this computer's devices, stored between runs of the command line. */
export class KnownSpeeds {
  readonly #file: string;
  #speeds: Speeds;

  private constructor(file: string, known: Speeds) {
    this.#file = file;
    this.#speeds = known;
  }

  /** Opens the file; an unreadable one counts as empty, and everything is measured again. */
  static async open(file = usualFile()): Promise<KnownSpeeds> {
    const text = await readFile(file, 'utf8').catch(() => '');
    return new KnownSpeeds(file, speeds.safeParse(parseJson(text)).data ?? []);
  }

  /** Returns the speed under a key; null for a failed trial, undefined if it was not measured. */
  get(key: string): number | null | undefined {
    return this.#speeds.find(({ of }) => of === key)?.imagesPerSecond;
  }

  /** Stores a speed; if the file cannot be written, it is measured again next time. */
  async set(key: string, imagesPerSecond: number | null): Promise<void> {
    const others = this.#speeds.filter(({ of }) => of !== key);
    await this.#write([...others, { of: key, imagesPerSecond }].slice(-most));
  }

  /** Forgets failed trials, so that they are tried again. */
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
      // The measurement is simply repeated next time.
    }
  }
}

/** Returns the key of everything that determines the speed of a step. */
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

/** Returns the default path, in the user's cache folder. */
function usualFile(): string {
  return join(envPaths('understudy', { suffix: '' }).cache, 'device-speeds.json');
}
