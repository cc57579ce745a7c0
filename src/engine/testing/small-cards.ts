import type { Card } from '../../contract/catalogue.ts';
import type * as Cards from '../catalogue/cards.ts';

/** Returns the card of the teacher that `writeTinyTeacher` writes, without known sizes of files. */
export function smallCard(card: Card): Card {
  const sizes = { patchSize: 8, imageSize: 16, bands: 3, width: 64, blocks: 4 };
  return { ...card, ...sizes, files: card.files.map((file) => ({ ...file, bytes: null })) };
}

/** Returns a catalogue in which some cards are small, so that a test server can serve their files. */
export function withSmallCards(real: typeof Cards, ids: readonly string[]): typeof Cards {
  const cards = real.cards.map((card) => (ids.includes(card.id) ? smallCard(card) : card));
  const cardOf = (id: string): Card => cards.find((card) => card.id === id) ?? real.findCard(id);
  return { ...real, cards, findCard: cardOf };
}
