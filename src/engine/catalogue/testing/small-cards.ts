import type { Card } from '../../../contract/catalogue.ts';
import type * as Cards from '../cards.ts';

/** A card as it would be of the teacher that `writeTinyTeacher` writes, of which no more is known. */
export function smallCard(card: Card): Card {
  const sizes = { patchSize: 8, imageSize: 16, bands: 3, width: 64, blocks: 4 };
  return { ...card, ...sizes, files: card.files.map((file) => ({ ...file, bytes: null })) };
}

/** The catalogue with some of its cards small, so that a server of a test can send what they promise. */
export function withSmallCards(real: typeof Cards, ids: readonly string[]): typeof Cards {
  const cards = real.cards.map((card) => (ids.includes(card.id) ? smallCard(card) : card));
  const cardOf = (id: string): Card => cards.find((card) => card.id === id) ?? real.cardOf(id);
  return { ...real, cards, cardOf };
}
