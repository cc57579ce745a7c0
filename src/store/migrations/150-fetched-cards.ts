import type { Migration } from './migration.ts';

/** Facts about downloaded files of the catalogue, which only the page remembered before. */
export const fetchedCards: Migration = {
  version: 150,
  name: 'fetched-cards',
  up: `
CREATE TABLE fetched_cards (
  card TEXT NOT NULL PRIMARY KEY,
  -- Of the weights, as they came.
  sha256 TEXT NOT NULL,
  -- Whether that was compared with what the catalogue or the server said beforehand.
  is_verified INTEGER NOT NULL CHECK (is_verified IN (0, 1))
) STRICT;
`,
};
