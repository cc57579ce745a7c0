import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { cardFormat, modelCard } from '../../contract/model-card.ts';
import type { ModelCard } from '../../contract/model-card.ts';
import { UserError } from '../../core/errors.ts';
import { channelsOf, preparationOf } from '../../core/image/preparation.ts';
import { checkModelNumbers } from '../../core/onnx/check-model.ts';
import { onnxMetadata, parseOnnx } from '../../core/onnx/metadata.ts';
import { readFailure } from '../../formats/files/file-errors.ts';
import { statFile } from '../../formats/files/stat-file.ts';
import { readResult } from '../../runtime/executor.ts';
import type { ModelProto } from '../../core/onnx/onnx_pb.js';
import type { LoadedGraph, ModelFileExecutor } from '../../runtime/executor.ts';
import type { InputForm } from './inference.ts';
import { modelText } from '../../text/index.ts';

/** Key of the ONNX metadata entry with the model card. */
export const cardKey = 'understudy';

/** An exported student, opened. */
export interface OpenModel<Card extends ModelCard = ModelCard> {
  readonly card: Card;
  readonly form: InputForm;
  readonly graph: LoadedGraph;
}

/** Largest file, bytes: far above any student, and the limit of protocol buffers. */
const largestModel = 2 ** 31;

/**
 * Opens an exported student.
 *
 * @throws UserError if the file is not one
 */
export async function openModel(path: string, executor: ModelFileExecutor): Promise<OpenModel> {
  const card = await readSoundCard(path);
  const form = inputFormOf(card);
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

/**
 * Reads and validates the card before a runtime gets the file; the file's bytes are released before the runtime reads
 * them itself.
 */
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

/** Converts errors of the runtime into a UserError; errors of the device stay as they are. */
function damagedModel(path: string, error: unknown): UserError {
  if (error instanceof UserError) return error;
  return new UserError('invalid-file', modelText.cannotRun(path), String(error));
}

/** Returns the input form of a student, from its card. */
export function inputFormOf({ preprocessing }: ModelCard): InputForm {
  const { imageSize, channels, framing, preparation } = preprocessing;
  return { imageSize, channels, framing, preparation: preparationOf(preparation) };
}

/** Compares the card's input size with the model's: an image of that size is then allocated. */
function requireDeclaredInput({ graph }: ModelProto, { preprocessing }: ModelCard): void {
  const { imageSize, channels } = preprocessing;
  const declared = graph?.input[0]?.type?.value.value?.shape?.dim ?? [];
  const sizes = declared.slice(1).map(({ value }) => String(value.value));
  if (sizes.join(' × ') !== `${channels} × ${imageSize} × ${imageSize}`) {
    const described = `${channels} channels of ${imageSize} × ${imageSize} px`;
    throw new Error(`the model expects ${sizes.join(' × ')}, but its card states ${described}`);
  }
}

/**
 * Runs one grey image, so that a model that contradicts its card fails here rather than during prediction.
 */
async function requireCardsForm(card: ModelCard, graph: LoadedGraph): Promise<void> {
  const { imageSize, channels } = card.preprocessing;
  const shape = [1, channels, imageSize, imageSize];
  const data = new Float32Array(channels * imageSize * imageSize).fill(0.5);
  const { shape: answer } = await readResult(
    await graph.run({ image: { shape, data } }),
    'probabilities',
  );
  if (answer[1] !== card.classes.length) {
    throw new Error(
      `the model has ${answer[1]} outputs, but its card lists ${card.classes.length} classes`,
    );
  }
}

/**
 * Reads the card of an exported student.
 *
 * @throws UserError 'invalid-file', 'disk', 'not-found'
 */
export async function readCard(path: string): Promise<ModelCard> {
  return (await parseFile(path)).card;
}

async function parseFile(path: string): Promise<{ card: ModelCard; model: ModelProto }> {
  const notOurs = (details: unknown): UserError =>
    new UserError('invalid-file', modelText.notExported(path), String(details));
  let bytes: Uint8Array;
  try {
    if ((await statFile(path)).size > largestModel) throw notOurs('larger than 2 GiB');
    bytes = await readFile(path);
  } catch (error) {
    throw error instanceof UserError ? error : readFailure(error, path);
  }
  let model: ModelProto;
  try {
    model = parseOnnx(bytes);
  } catch (error) {
    throw notOurs(error);
  }
  const text = onnxMetadata(model).get(cardKey);
  if (text === undefined) throw notOurs(`no metadata "${cardKey}"`);
  return { card: parseCard(text, path), model };
}

/** Returns the card from its JSON; throws UserError 'invalid-file' if it is damaged or of a newer version. */
function parseCard(text: string, path: string): ModelCard {
  try {
    const json: unknown = JSON.parse(text);
    const { data: stated } = statedFormat.safeParse(json);
    if (stated !== undefined && stated.format > cardFormat) {
      throw new UserError('invalid-file', modelText.newerFormat(path, stated.format));
    }
    const card = modelCard.parse(json);
    const { channels, preparation } = card.preprocessing;
    if (channels !== channelsOf(preparationOf(preparation))) {
      throw new Error(`${channels} channels of ${preparation.bands?.length ?? 0} bands`);
    }
    return card;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError('invalid-file', modelText.damagedCard(path), String(error));
  }
}

/** Format number of a card of any version. */
const statedFormat = z.object({ format: z.int() });
