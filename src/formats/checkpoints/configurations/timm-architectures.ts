import type { VitArchitecture } from '../../../core/vit/architecture.ts';
import { teacherConfigurationText } from '../../../text/index.ts';

/** Properties that names of timm's architectures show, but weights do not: `vit_base_patch16_rpn_224`. */

/** Architectures that compute differently with a plain model's weight names, and the reason they are refused. */
const others: readonly (readonly [name: RegExp, reason: string])[] = [
  [/_rpn(_|$)/, teacherConfigurationText.residualPostNorm],
  [/_(xp|pwee|dpwee)_|^vit_d?pwee_|_par(fac)?_/, teacherConfigurationText.parallelMlp],
  [/_\d+x[2-9]\d*(_|$)/, teacherConfigurationText.parallelAttentions],
  [/^vit_d(wee|little)_/, teacherConfigurationText.differentialAttention],
  [
    /(^|_)rope(_|$)|^eva02|dinov3|_pe_(core|spatial|lang)_|lingbot|sapiens2/,
    teacherConfigurationText.rotary,
  ],
  [/^(vit_s?relpos|beit_|beitv2|samvit)/, teacherConfigurationText.relativePositions],
];

/** Parts of a name that do not matter here: numbers of blocks, pixels and extra tokens. */
const measure = /^(patch\d+|\d+|reg\d+|36x1)$/;

/** Words in the names of plain vision transformers of timm, each of which was compared with timm block by block. */
const plainWords: ReadonlySet<string> = new Set([
  ...['clip', 'quickgelu', 'siglip', 'gap', 'map', 'dinov2', 'tipsv2', 'plus', 'miil'],
  // Tags that were part of the name in older releases.
  ...['distilled', 'in21k', 'dino'],
]);

/** Beginnings of the names of timm's families with plain blocks; of EVA, those without rotary positions. */
const plainFamily = /^(vit|deit3?|flexivit|eva(?=_large_)|test(?=_vit))_/;

/** Prithvi's configuration has timm's form. */
const prithvi = /^prithvi(_vit|_eo(_v\d)?)_(tiny|100|300|600)(_tl)?$/;

/**
 * Reason why the architecture of this name may differ from a plain vision transformer, as the end of a sentence;
 * undefined if it is known to be plain.
 *
 * @param architecture with or without the tag of its weights: `vit_base_patch16_224.augreg_in1k`
 */
export function otherThanPlain(architecture: string): string | undefined {
  const found = knownOther(architecture);
  if (found !== undefined) return found;
  const [name = ''] = architecture.split('.');
  if (prithvi.test(name)) return undefined;
  const [, family] = plainFamily.exec(name) ?? [];
  const words = name.split('_').slice(1);
  const isPlain =
    family !== undefined &&
    words.every(
      (word) =>
        Object.hasOwn(sizes, word) ||
        plainWords.has(word) ||
        measure.test(word) ||
        /^(xsmall|vit\d?)$/.test(word),
    );
  return isPlain ? undefined : teacherConfigurationText.unknownArchitecture;
}

/**
 * Reason why the architecture of this name is not a plain vision transformer; undefined if nothing suggests so. For
 * architecture names that training programs store in checkpoints and may have invented.
 */
export function knownOther(architecture: string): string | undefined {
  return others.find(([name]) => name.test(architecture))?.[1];
}

/** Width and heads of its plain models, by the word for their size. */
const sizes: Readonly<Record<string, readonly [width: number, heads: number]>> = {
  tiny: [192, 3],
  wee: [256, 4],
  little: [320, 5],
  small: [384, 6],
  medium: [512, 8],
  betwixt: [640, 10],
  base: [768, 12],
  mediumd: [512, 8],
  so150m: [896, 14],
  so150m2: [832, 13],
  large: [1024, 16],
  so400m: [1152, 16],
  huge: [1280, 16],
  giant: [1408, 16],
  giantopt: [1536, 16],
  gigantic: [1664, 16],
};

/** Attention heads of a model of this name and width, if the name determines them. */
export function headsByName(architecture: string, width: number): number | undefined {
  if (architecture.startsWith('vit_base_patch16_gap_224')) return width === 768 ? 16 : undefined;
  const [, word = ''] = /^(?:vit|deit3?|flexivit|beit3|eva)_([a-z0-9]+)/.exec(architecture) ?? [];
  const [usual, heads] = Object.hasOwn(sizes, word) ? (sizes[word] ?? []) : [];
  return usual === width ? heads : undefined;
}

/** SigLIP 2, and SigLIP models that timm runs as they were trained: the others use the exact GELU in timm. */
const byTanh =
  /^vit_((so400m|giantopt)_patch16|base_patch32)_siglip_|^vit_large_patch16_siglip_(gap_)?512/;

export function activationByName(architecture: string): VitArchitecture['activation'] | undefined {
  if (architecture.includes('quickgelu')) return 'quick-gelu';
  if (byTanh.test(architecture)) return 'gelu-tanh';
  return architecture.includes('_siglip_') ? 'gelu' : undefined;
}
