import { readFile, stat } from 'node:fs/promises';
import { modelCard } from '../contract/model-card.ts';
import type { ModelCard } from '../contract/model-card.ts';
import { UserError } from '../core/errors.ts';
import { channelsOf, preparationOf } from '../core/image/preparation.ts';
import { checkModelNumbers } from '../core/onnx/check-model.ts';
import { onnxMetadata, parseOnnx } from '../core/onnx/metadata.ts';
import { readFailure } from '../formats/file-errors.ts';
import { readResult } from '../runtime/executor.ts';
import type { ModelProto } from '../core/onnx/onnx_pb.js';
import type { LoadedGraph, ModelFileExecutor } from '../runtime/executor.ts';
import type { InputForm } from './inference.ts';

/** The ONNX metadata entry that holds the model card. */
export const cardKey = 'understudy';

/** A student that was exported. */
export interface OpenModel<Card extends ModelCard = ModelCard> {
  readonly card: Card;
  readonly form: InputForm;
  readonly graph: LoadedGraph;
}

/** Far above any student; protocol buffers end here too. */
const largestModel = 2 ** 31;

/** Opens an exported student. Throws a UserError when the file is none. */
export async function openModel(path: string, executor: ModelFileExecutor): Promise<OpenModel> {
  const card = await readSoundCard(path);
  const form = formOf(card);
  let graph: LoadedGraph | undefined;
  try {
    graph = await executor.loadFile(path);
    await requireCardsForm(card, graph);
    return { card, form, graph };
  } catch (error) {
    await graph?.dispose();
    throw damagedModel(path, error);
  }
}

/** The card of a model that a runtime can be given; the file's bytes are let go before it reads them itself. */
async function readSoundCard(path: string): Promise<ModelCard> {
  const { card, model } = await parseFile(path);
  try {
    checkModelNumbers(model);
    requireDeclaredInput(model, card);
    return card;
  } catch (error) {
    throw damagedModel(path, error);
  }
}

/** Errors of the device stay as they are. */
function damagedModel(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  return new UserError(
    'invalid-file',
    `${path}: the model cannot be run, or is not what it says of itself. The file may be damaged or changed, or its weights file is not beside it; export it again.`,
    String(error),
  );
}

/** How images become what a student takes. */
export function formOf({ preprocessing }: ModelCard): InputForm {
  const { imageSize, channels, framing, preparation } = preprocessing;
  return { imageSize, channels, framing, preparation: preparationOf(preparation) };
}

/** The image that a card describes is made, in memory, so its size is compared first. */
function requireDeclaredInput({ graph }: ModelProto, { preprocessing }: ModelCard): void {
  const { imageSize, channels } = preprocessing;
  const declared = graph?.input[0]?.type?.value.value?.shape?.dim ?? [];
  const sizes = declared.slice(1).map(({ value }) => String(value.value));
  if (sizes.join(' × ') !== `${channels} × ${imageSize} × ${imageSize}`) {
    const said = `${channels} channels of ${imageSize} × ${imageSize} px`;
    throw new Error(`the model takes ${sizes.join(' × ')}, but its card says ${said}`);
  }
}

/** Runs one grey image: a model that is not what its card says fails here and not half way. */
async function requireCardsForm(card: ModelCard, graph: LoadedGraph): Promise<void> {
  const { imageSize, channels } = card.preprocessing;
  const shape = [1, channels, imageSize, imageSize];
  const data = new Float32Array(channels * imageSize * imageSize).fill(0.5);
  const { shape: answer } = await readResult(
    await graph.run({ image: { shape, data } }),
    'probabilities',
  );
  if (answer[1] !== card.classes.length) {
    throw new Error(`${answer[1]} outputs, but ${card.classes.length} classes`);
  }
}

/** What a student says about itself. @throws UserError 'invalid-file', 'disk', 'not-found' */
export async function readCard(path: string): Promise<ModelCard> {
  return (await parseFile(path)).card;
}

async function parseFile(path: string): Promise<{ card: ModelCard; model: ModelProto }> {
  const notOurs = (details: unknown): UserError =>
    new UserError(
      'invalid-file',
      `${path}: this is no model that Understudy exported. Choose a student.onnx.`,
      String(details),
    );
  let bytes: Uint8Array;
  try {
    if ((await stat(path)).size > largestModel) throw notOurs('larger than 2 GiB');
    bytes = await readFile(path);
  } catch (error) {
    throw error instanceof UserError ? error : readFailure(error, path);
  }
  try {
    const model = parseOnnx(bytes);
    const card = modelCard.parse(JSON.parse(onnxMetadata(model).get(cardKey) ?? ''));
    const { channels, preparation } = card.preprocessing;
    if (channels !== channelsOf(preparationOf(preparation))) {
      throw new Error(`${channels} channels of ${preparation.bands?.length ?? 0} bands`);
    }
    return { card, model };
  } catch (error) {
    throw notOurs(error);
  }
}
