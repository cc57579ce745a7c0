import type { InferredProperty, PropertySource } from '../../contract/descriptions.ts';
import { architectureProblems } from '../../core/vit/architecture.ts';
import type { Normalization, VitArchitecture } from '../../core/vit/architecture.ts';
import type { StoredNormalization } from '../../core/vit/stored-normalization.ts';
import type { FoundEncoder } from './find-encoder.ts';
import { storedName } from './name-rules.ts';
import { Chooser } from './chooser.ts';
import type { Knowledge } from './chooser.ts';
import { inferColourBands, normalizationOf, storedNormalizationOf } from './infer-bands.ts';
import { isPooledByAttention, notesOnInferred } from './notes-on-teachers.ts';
import { foldsClassPosition, positionLayouts } from './positions.ts';
import type { PositionLayout } from './positions.ts';
import { printableName } from './problems.ts';
import { requireAgreement } from './agreement.ts';
import { invalidTeacher, unsupported } from './refusals.ts';
import type { Sidecars } from './configuration-facts.ts';
import { nameInFile } from './stored-weights.ts';
import type { StoredWeight } from './stored-weights.ts';
import { teacherFileText, teacherPropertyText } from '../../text/index.ts';

export interface Inferred {
  readonly architecture: VitArchitecture;
  readonly normalization: Normalization;
  /** Normalisation of stored values, if a configuration states it and nothing overrides it. */
  readonly storedNormalization: StoredNormalization | undefined;
  readonly positions: PositionLayout;
  /** Bands that are red, green and blue, counted from 0; undefined if unknown. */
  readonly colours: readonly number[] | undefined;
  readonly properties: readonly InferredProperty[];
  /** Sentences about certain or possible differences from the model's own programs. */
  readonly notes: readonly string[];
}

/** Number of heads of models whose heads are not 64 wide, by their width: ViT-H, -g, -G and SoViT-400m. */
const headsByWidth: Readonly<Record<number, number>> = { 1152: 16, 1280: 16, 1408: 16, 1664: 16 };

/**
 * Infers an encoder's architecture from the names and shapes of its weights and from other knowledge.
 *
 * @param path name of the file in messages
 * @throws UserError 'invalid-file' if the parts contradict each other or the configuration, 'unsupported',
 * 'invalid-option'
 */
export function inferArchitecture(
  path: string,
  encoder: FoundEncoder,
  weights: ReadonlyMap<string, StoredWeight>,
  knowledge: Knowledge,
): Inferred {
  requireKnownModel(path, encoder, knowledge);
  requireKnownOrder(path, knowledge);
  requireSized(path, encoder, weights, 'patch_embed.proj.weight');
  const positions = positionsOf(path, encoder, weights, knowledge);
  requireSized(path, encoder, weights, 'blocks.0.mlp.fc1.weight');
  const sizes = sizesOf(path, encoder, weights, positions);
  const choose = new Chooser(knowledge);
  const architecture = { ...sizes, ...chooseProperties(path, encoder, weights, sizes, choose) };
  requireAgreement(path, architecture, knowledge.config, positions);
  requireSound(path, architecture, knowledge.config);
  return {
    architecture,
    positions,
    normalization: normalizationOf(path, encoder, architecture, knowledge, choose),
    colours: inferColourBands(path, encoder, architecture, knowledge, choose),
    storedNormalization: storedNormalizationOf(knowledge),
    properties: choose.properties,
    notes: notesOnInferred(encoder, architecture, knowledge),
  };
}

type ChosenProperties = Pick<VitArchitecture, 'heads' | 'epsilon' | 'activation' | 'pooling'>;
/** The part of an architecture that names and shapes of weights determine. */
type Sizes = Omit<VitArchitecture, keyof ChosenProperties>;

function sizesOf(
  path: string,
  encoder: FoundEncoder,
  weights: ReadonlyMap<string, StoredWeight>,
  positions: PositionLayout,
): Sizes {
  const size = (name: string, axis: number): number => weights.get(name)?.shape[axis] ?? 0;
  return {
    imageSize: positions.grid * size('patch_embed.proj.weight', 2),
    patchSize: size('patch_embed.proj.weight', 2),
    channels: size('patch_embed.proj.weight', 1),
    width: size('patch_embed.proj.weight', 0),
    depth: depthOf(path, encoder, weights),
    mlpWidth: size('blocks.0.mlp.fc1.weight', 0),
    classTokens: classTokensOf(weights),
    registers: size('reg_token', 1),
    positionsCoverPrefix: positions.covered > 0 && !foldsClassPosition(positions),
    layerScale: weights.has('blocks.0.ls1.gamma'),
    preNorm: weights.has('norm_pre.weight'),
    normAfterPooling: weights.has('fc_norm.weight') && !weights.has('norm.weight'),
    qkvBias: weights.has('blocks.0.attn.qkv.bias'),
  };
}

/** Chooses the properties that weights do not show. @throws UserError as `inferArchitecture` */
function chooseProperties(
  path: string,
  encoder: FoundEncoder,
  weights: ReadonlyMap<string, StoredWeight>,
  { width, classTokens, normAfterPooling }: Sizes,
  choose: Chooser,
): ChosenProperties {
  const { knowledge } = choose;
  const { usual } = encoder.convention;
  const usualHeads = headsOf(path, width, usual.headsByWidth, knowledge);
  const heads = choose.one('heads', usualHeads, usual.headsSource ?? 'family', (value, source) => {
    const headWidth = width / value;
    return source === 'guess'
      ? teacherPropertyText.guessedHeads(value, headWidth)
      : teacherPropertyText.heads(value, headWidth);
  });
  const epsilon = choose.one('epsilon', usual.epsilon, 'family', (value, source) =>
    source === 'family'
      ? teacherPropertyText.epsilonOf(value, usual.of)
      : teacherPropertyText.epsilon(value),
  );
  requireKnownActivation(path, knowledge);
  const activation = choose.one(
    'activation',
    usual.activation,
    usual.activationSource ?? (isLikeSiglip(encoder, weights) ? 'guess' : 'family'),
    (value, source) =>
      source === 'guess'
        ? teacherPropertyText.guessedActivation(value)
        : teacherPropertyText.activation(value),
  );
  const pooling = choose.one(
    'pooling',
    classTokens === 0 || normAfterPooling ? 'patch-mean' : 'class-token',
    poolingSource(encoder, classTokens, knowledge),
    teacherPropertyText.pooling,
  );
  return { heads, epsilon, activation, pooling };
}

/** Returns the source of the pooling if neither the user nor a configuration states it. */
function poolingSource(
  { inside }: FoundEncoder,
  classTokens: number,
  { config }: Knowledge,
): PropertySource {
  const other = config.otherPooling?.value;
  if (other !== undefined && !isPooledByAttention(other, inside)) return 'guess';
  if (classTokens === 0) return 'file';
  return inside.has('attn_pool.latent') ? 'guess' : 'family';
}

/**
 * SigLIP without its pooling looks like any other model in timm's names without a class token, and some use the tanh
 * GELU.
 */
function isLikeSiglip(
  { convention }: FoundEncoder,
  weights: ReadonlyMap<string, StoredWeight>,
): boolean {
  const { name } = convention;
  return (
    name === 'timm' &&
    !['cls_token', 'reg_token', 'fc_norm.weight'].some((weight) => weights.has(weight))
  );
}

function classTokensOf(weights: ReadonlyMap<string, StoredWeight>): 0 | 1 | 2 {
  if (!weights.has('cls_token')) return 0;
  return weights.has('dist_token') ? 2 : 1;
}

function positionsOf(
  path: string,
  encoder: FoundEncoder,
  weights: ReadonlyMap<string, StoredWeight>,
  { dates, config }: Knowledge,
): PositionLayout {
  const stored = weights.get('pos_embed');
  if (stored === undefined) {
    throw unsupported(path, teacherFileText.noPositions(nameInFile(encoder, 'pos_embed')), [
      ...encoder.inside.values(),
    ]);
  }
  const classTokens = classTokensOf(weights);
  const registers = weights.get('reg_token')?.shape[1] ?? 0;
  const count = stored.shape[1] ?? 0;
  const [narrow = 0, wide = 0] = [
    stored.shape[2],
    weights.get('patch_embed.proj.weight')?.shape[0],
  ];
  if (narrow < wide) {
    throw unsupported(path, teacherFileText.narrowPositions(narrow, wide), [
      ...encoder.inside.values(),
    ]);
  }
  const stated = config.parts.find(({ part }) => part === 'prefixPositions');
  const tokens = { classTokens, registers };
  const layouts = positionLayouts(count, tokens, dates, stated?.value);
  const [layout, another] = encoder.convention.registersHaveNoPositions
    ? layouts.filter(({ covered }) => covered === classTokens)
    : layouts;
  // The number of dates may vary, so that several layouts may fit by chance.
  if (registers > 0 && layout !== undefined && another !== undefined) {
    const grids = [layout.grid, another.grid];
    throw unsupported(path, teacherFileText.unclearPositions(count, grids, layout.prefix), []);
  }
  if (layout === undefined) {
    throw invalidTeacher(path, teacherFileText.notSquare(count, classTokens + registers));
  }
  return layout;
}

/**
 * @throws UserError 'unsupported' if a configuration says or suggests that it is not a plain vision transformer;
 * 'invalid-file' if it is for another family than the weights
 */
function requireKnownModel(
  path: string,
  { convention }: FoundEncoder,
  { config: { otherModel: other, families } }: Knowledge,
): void {
  if (other !== undefined) {
    throw unsupported(path, teacherFileText.otherModel(other.value, other.where), []);
  }
  if (families === undefined || families.value.conventions.includes(convention.name)) return;
  const { type } = families.value;
  throw invalidTeacher(path, teacherFileText.otherFamily(convention.title, type, families.where));
}

/**
 * @throws UserError 'unsupported' if red, green and blue are swapped and neither the user nor the file states their
 * order
 */
function requireKnownOrder(path: string, { given, file, config }: Knowledge): void {
  const { otherOrder: other } = config;
  if (other === undefined || (given.colourBands ?? file.colourBands) !== undefined) return;
  throw unsupported(path, teacherFileText.otherColourOrder(other.value, other.where), []);
}

/** @throws UserError 'invalid-file' if a weight that determines sizes is missing or empty */
function requireSized(
  path: string,
  encoder: FoundEncoder,
  weights: ReadonlyMap<string, StoredWeight>,
  name: string,
): void {
  const weight = weights.get(name);
  const called = nameInFile(encoder, name);
  if (weight === undefined) {
    throw invalidTeacher(path, teacherFileText.weightMissing(called));
  }
  if (weight.shape.length > 1 && !weight.shape.includes(0)) return;
  throw invalidTeacher(path, teacherFileText.notAMatrix(called, weight.shape));
}

/**
 * @throws UserError 'unsupported' if a configuration states an unsupported activation and neither the user nor the file
 * another
 */
function requireKnownActivation(path: string, { given, file, config }: Knowledge): void {
  const { otherActivation: other } = config;
  if (other === undefined || (given.activation ?? file.activation) !== undefined) return;
  throw unsupported(path, teacherFileText.otherActivation(other.value, other.where), []);
}

/** Returns the number of heads, from other sources or else from the width; `own` lists those of an unusual family. */
function headsOf(
  path: string,
  width: number,
  own: Readonly<Record<number, number>> | undefined,
  { given, file, config }: Knowledge,
): number {
  const known = given.heads ?? file.heads ?? config.heads?.value;
  if (known !== undefined) return known;
  const usual = own?.[width] ?? headsByWidth[width] ?? width / 64;
  if (Number.isInteger(usual)) return usual;
  throw invalidTeacher(path, teacherFileText.headsUnknown(width));
}

function requireSound(path: string, architecture: VitArchitecture, { heads }: Sidecars): void {
  const [problem] = architectureProblems(architecture);
  if (problem === undefined) return;
  const isStated = heads?.value === architecture.heads && architecture.width % heads.value !== 0;
  throw invalidTeacher(path, teacherFileText.unsound(problem, isStated ? heads.where : undefined));
}

/** Blocks by their numbers, which must have no gap: an incomplete checkpoint is not a smaller model. */
function depthOf(
  path: string,
  encoder: FoundEncoder,
  weights: ReadonlyMap<string, StoredWeight>,
): number {
  const blocks = new Set<number>();
  for (const name of weights.keys()) {
    const [, number] = /^blocks\.(\d+)\./.exec(name) ?? [];
    if (number !== undefined) blocks.add(Number(number));
  }
  for (let block = 0; block < blocks.size; block++) {
    if (blocks.has(block)) continue;
    const [name = ''] = storedName(encoder.naming, `blocks.${block}.norm1.weight`);
    const stem = printableName(
      encoder.prefix + name.slice(0, name.indexOf(`${block}.`)) + String(block),
    );
    throw invalidTeacher(path, teacherFileText.blockMissing(stem));
  }
  return blocks.size;
}
