import type { VitArchitecture } from '../../core/vit/architecture.ts';
import type { FoundEncoder } from './find-encoder.ts';
import type { Knowledge } from './chooser.ts';
import type { Sidecars } from './said.ts';

/** Names of bands are said up to so many. */
const mostNames = 64;

/** What stands for an image. */
export const poolingWords = {
  'class-token': 'the class token',
  'patch-mean': 'the mean of the patch tokens',
} as const;

/** What is not as the model's own programs have it, or may be otherwise, as sentences. */
export function notesOnInferred(
  encoder: FoundEncoder,
  architecture: VitArchitecture,
  knowledge: Knowledge,
): readonly string[] {
  return [
    ...notesOnHeads(encoder, architecture, knowledge),
    ...notesOnPooling(encoder, architecture, knowledge),
    ...notesOnSize(architecture, knowledge.config),
    ...notesOnBands(knowledge.config),
  ];
}

function notesOnHeads(
  { prefix }: FoundEncoder,
  { width, heads }: VitArchitecture,
  { given, file, config }: Knowledge,
): string[] {
  const isKnown = (given.heads ?? file.heads ?? config.heads?.value) !== undefined;
  if (isKnown || width !== 384 || !/(^|\.)(base|momentum)_encoder\./.test(prefix)) return [];
  return [
    `It was trained by MoCo v3, whose authors' own ViT-S has 12 heads, others' 6; ${heads} were taken, and no weight shows which are right.`,
  ];
}

/** Whether a pooling is the one by attention whose weights are there, which a note of its family tells: timm-siglip.ts. */
export function isPooledByAttention(pooling: string, inside: FoundEncoder['inside']): boolean {
  return pooling === 'map' && inside.has('attn_pool.latent');
}

function notesOnPooling(
  { inside }: FoundEncoder,
  { pooling, classTokens }: VitArchitecture,
  { config: { otherPooling: other } }: Knowledge,
): string[] {
  const notes: string[] = [];
  if (other !== undefined && !isPooledByAttention(other.value, inside)) {
    notes.push(
      `What its own programs pool (${other.value}, says ${other.where}) is not supported: ${poolingWords[pooling]} stands for an image.`,
    );
  }
  if (classTokens === 2 && pooling === 'class-token') {
    notes.push(
      'Its own programs take the mean of what class and distillation token say; here the class token alone stands for an image.',
    );
  }
  return notes;
}

/** Patches that would reach over the edge are not cut: their convolution passes over what is left there. */
function notesOnSize({ imageSize: own }: VitArchitecture, { sizes }: Sidecars): string[] {
  const said = sizes.find(({ size, value }) => size === 'imageSize' && value > own);
  if (said === undefined) return [];
  return [
    `It was made for images with a side of ${said.value}, of which its patches cover ${own}: images are brought to ${own}.`,
  ];
}

/** In which order a teacher takes bands is known to nobody who does not read its configuration. */
function notesOnBands({ bandNames: said }: Sidecars): string[] {
  if (said === undefined) return [];
  const named = said.value.slice(0, mostNames).map((name, at) => `${at + 1} ${name}`);
  const more = said.value.length > mostNames ? ', …' : '';
  return [`Its bands are, in order: ${named.join(', ')}${more} (${said.where}).`];
}
