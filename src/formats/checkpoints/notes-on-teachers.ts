import type { VitArchitecture } from '../../core/vit/architecture.ts';
import type { FoundEncoder } from './find-encoder.ts';
import type { Knowledge } from './chooser.ts';
import type { Sidecars } from './configuration-facts.ts';
import { teacherNotes } from '../../text/index.ts';

/** Names of bands are said up to so many. */
const mostNames = 64;

/** Writes sentences about what differs, or may differ, from the model's own programs. */
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
 * Returns true if pooling by attention applies and its weights are there, which a note of its family mentions:
 * timm-siglip.ts.
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

/** Patches that would reach over the edge are not cut: their convolution passes over what is left there. */
function notesOnSize({ imageSize: own }: VitArchitecture, { sizes }: Sidecars): string[] {
  const said = sizes.find(({ size, value }) => size === 'imageSize' && value > own);
  if (said === undefined) return [];
  return [teacherNotes.largerImages(said.value, own)];
}

/** Notes that only a reader of the configuration knows the order of a teacher's bands. */
function notesOnBands({ bandNames: said }: Sidecars): string[] {
  if (said === undefined) return [];
  const { value: names, where } = said;
  return [teacherNotes.bandNames(names.slice(0, mostNames), names.length, where)];
}
