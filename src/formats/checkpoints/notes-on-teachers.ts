import type { VitArchitecture } from '../../core/vit/architecture.ts';
import type { FoundEncoder } from './find-encoder.ts';
import type { Knowledge } from './chooser.ts';
import type { Sidecars } from './configuration-facts.ts';
import { teacherNotes } from '../../text/index.ts';

/** Maximum number of bands that are listed by name. */
const mostNames = 64;

/** Writes sentences about certain or possible differences from the model's own programs. */
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
  return [teacherNotes.headsOfMoco(heads)];
}

/**
 * Returns true if attention pooling applies and its weights are present; the family's note mentions it
 * (timm-siglip.ts).
 */
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
    const { value: own, where } = other;
    notes.push(teacherNotes.otherPooling({ own, where, used: pooling }));
  }
  if (classTokens === 2 && pooling === 'class-token') {
    notes.push(teacherNotes.distillationToken);
  }
  return notes;
}

/** Returns notes on a larger image size: the patch embedding ignores a rest that does not fill a patch. */
function notesOnSize({ imageSize: own }: VitArchitecture, { sizes }: Sidecars): string[] {
  const stated = sizes.find(({ size, value }) => size === 'imageSize' && value > own);
  if (stated === undefined) return [];
  return [teacherNotes.largerImages(stated.value, own)];
}

/** Returns notes on the order of a teacher's bands, as stated by the configuration. */
function notesOnBands({ bandNames: stated }: Sidecars): string[] {
  if (stated === undefined) return [];
  const { value: names, where } = stated;
  return [teacherNotes.bandNames(names.slice(0, mostNames), names.length, where)];
}
