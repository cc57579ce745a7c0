import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import type { Tensor } from '../../core/tensor.ts';
import { parseJson } from '../../formats/json.ts';
import { readSafetensors, writeSafetensors } from '../../formats/safetensors.ts';
import { decodersPath } from '../checkpoint.ts';
import type { Contender, DecoderTraining, TrainedDecoder } from './train-decoder.ts';

/*
 * Decoders of an interrupted run, in one file beside its checkpoint. Each knows by a digest what it was made of, so
 * that one is taken again only where training it again, on the device that it was made on, would give the same bits.
 */

type Kept = Map<string, { readonly digest: string; readonly made: TrainedDecoder }>;

const key = 'understudy.decoders';
const contentsSchema = z.record(
  z.string(),
  z.strictObject({ digest: z.string(), lastLoss: z.number() }),
);

/** What is kept of a run. */
export class KeptDecoders {
  readonly #out: string;
  readonly #known: Kept;

  private constructor(out: string, known: Kept) {
    this.#out = out;
    this.#known = known;
  }

  /** @param goesOn without it what an earlier run left counts for nothing, as what cannot be read */
  static async open(out: string, goesOn: boolean): Promise<KeptDecoders> {
    const isThere = goesOn && (await stat(decodersPath(out)).catch(() => undefined));
    const none: Kept = new Map();
    return new KeptDecoders(out, isThere ? await readKept(out).catch(() => none) : none);
  }

  /** The decoder of this name, where it was made of just this. */
  get(name: string, digest: string): TrainedDecoder | undefined {
    const known = this.#known.get(name);
    return known?.digest === digest ? known.made : undefined;
  }

  /** @throws UserError 'disk' */
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
 * What a decoder is made of: the encoder's weights, the adapters that learn on, the recipe, and the crops.
 *
 * @param crops a digest of them
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
