import type { Card } from '../../contract/catalogue.ts';
import { UserError } from '../../core/errors.ts';
import { catalogueText } from '../../text/index.ts';
import { generalCards } from './cards/general.ts';
import { medicalCards } from './cards/medical.ts';
import { satelliteCards } from './cards/satellite.ts';

/**
 * Data of the catalogue. Every fact is quoted from its source, looked up in November 2026: model cards, file lists
 * and LFS pointers of Hugging Face, and TorchGeo's table of weights. Commits, and the SHA-256 of small files, are
 * those that at least two independent public projects pin. Facts that were not found are null, and downloads without
 * a hash are reported as not verified. Only vision transformers that can be distilled here are listed: no SwiGLU, no
 * windowed attention, no patches over time, no band groups.
 */
export const cards: readonly Card[] = [...generalCards, ...medicalCards, ...satelliteCards];

/** @throws UserError 'not-found' */
export function findCard(id: string): Card {
  const found = cards.find((card) => card.id === id);
  if (found !== undefined) return found;
  throw new UserError(
    'not-found',
    catalogueText.unknownTeacher(
      id,
      cards.map((card) => card.id),
    ),
  );
}

/** Returns the card whose weights have this SHA-256 (hexadecimal), if the card knows the whole hash. */
export function cardOfHash(sha256: string): Card | undefined {
  return cards.find(({ files: [weights] }) => weights?.sha256 === sha256);
}
