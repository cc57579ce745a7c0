import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { Tensor } from '../../../core/tensor.ts';
import { parseJson } from '../../../formats/files/json.ts';
import { readSafetensors, writeSafetensors } from '../../../formats/safetensors/safetensors.ts';
import { decodersPath } from '../../distill/checkpoint.ts';
import type { Contender, DecoderTraining, TrainedDecoder } from './train-decoder.ts';

/**
 * Decoders of an interrupted run, in one file next to its checkpoint. Each has a digest of its inputs, so that it is
 * reused only if training it again, on the device that trained it, would give the same bits.
 */

type Kept = Map<string, { readonly digest: string; readonly made: TrainedDecoder }>;

const key = 'understudy.decoders';
const contentsSchema = z.record(
  z.string(),
  z.strictObject({ digest: z.string(), lastLoss: z.number() }),
);

/** Store of a run's decoders. */
export class KeptDecoders {
  readonly #out: string;
  readonly #known: Kept;

  private constructor(out: string, known: Kept) {
    this.#out = out;
    this.#known = known;
  }

  /**
   * Opens the store of a run.
   *
   * @param continues false to ignore what an earlier run left; an unreadable file is ignored too
   */
  static async open(out: string, continues: boolean): Promise<KeptDecoders> {
    const isThere = continues && (await stat(decodersPath(out)).catch(() => undefined));
    const none: Kept = new Map();
    return new KeptDecoders(out, isThere ? await readKept(out).catch(() => none) : none);
  }

  /** Returns the decoder of this name, if it has this digest. */
  get(name: string, digest: string): TrainedDecoder | undefined {
    const known = this.#known.get(name);
    return known?.digest === digest ? known.made : undefined;
  }

  /**
   * Adds a decoder and writes the file.
   *
   * @throws UserError 'disk'
   */
  async add(name: string, digest: string, made: TrainedDecoder): Promise<void> {
    this.#known.set(name, { digest, made });
    const tensors = new Map<string, Tensor>();
    const contents: z.infer<typeof contentsSchema> = {};
    for (const [each, { digest, made }] of this.#known) {
      tensors.set(`${each}.decoder`, made.decoder);
      if (made.adapters) tensors.set(`${each}.adapters`, made.adapters);
      contents[each] = { digest, lastLoss: made.lastLoss };
    }
    const metadata = { [key]: JSON.stringify(contents) };
    await writeSafetensors(decodersPath(this.#out), tensors, { metadata });
  }
}

async function readKept(out: string): Promise<Kept> {
  const { tensors, metadata } = await readSafetensors(decodersPath(out));
  const contents = contentsSchema.parse(parseJson(metadata[key]));
  return new Map(
    Object.entries(contents).flatMap(([name, { digest, lastLoss }]) => {
      const decoder = tensors.get(`${name}.decoder`);
      const adapters = tensors.get(`${name}.adapters`);
      return decoder ? [[name, { digest, made: { decoder, adapters, lastLoss } }] as const] : [];
    }),
  );
}

/**
 * Returns the digest of everything a decoder depends on: the encoder's weights, the adapters to fine-tune, the
 * recipe, and the crops.
 *
 * @param crops digest of the crops
 */
export function digestOf(
  { encoder, decoder, classWeights, ...recipe }: Omit<DecoderTraining, 'cacheBytes' | 'adapting'>,
  adapting: Contender['adapting'],
  crops: string,
): string {
  const hash = createHash('sha256');
  const { architecture, normalization } = encoder;
  const { outputs } = decoder;
  const adapts = adapting !== undefined;
  hash.update(JSON.stringify({ architecture, normalization, outputs, adapts, recipe, crops }));
  for (const { data } of encoder.weights.values()) hash.update(data);
  hash.update(classWeights.data);
  if (adapting) hash.update(adapting.adapters);
  return hash.digest('hex');
}
