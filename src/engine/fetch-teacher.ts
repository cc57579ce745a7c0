import { resolve } from 'node:path';
import type { Card, FetchRequest, FetchSummary } from '../contract/catalogue.ts';
import { UserError } from '../core/errors.ts';
import { cardOf } from './catalogue/cards.ts';
import { fetchCard } from './catalogue/fetch-card.ts';
import { placeOf } from './catalogue/places.ts';
import { PhaseProgress } from './job.ts';
import type { JobContext } from './job.ts';

/** Between two words of how far a file is, ms. */
const pace = 200;

/**
 * Fetches a teacher of the catalogue into a folder; each file is a phase.
 *
 * @throws UserError 'not-found' where there is no such card, and as `fetchCard`
 */
export async function fetchTeacher(
  { card: id, out, mirror, proxy, plainHttp = false, sha256 }: FetchRequest,
  context: JobContext,
): Promise<FetchSummary> {
  const card = withHash(cardOf(id), sha256);
  let at = '';
  let progress: PhaseProgress | undefined;
  let told = 0;
  const { signal } = context;
  const place = placeOf({ mirror: mirror ?? null, proxy: proxy ?? null, plainHttp }, process.env);
  return fetchCard(card, resolve(out), place, {
    signal,
    isOwn: false,
    report: ({ name }, done, total) => {
      // Without a size there is nothing to be far in.
      if (total === null) return;
      if (name !== at) progress = new PhaseProgress(context, 'download', total, done);
      at = name;
      const now = performance.now();
      if (now - told < pace && done < total) return;
      told = now;
      progress?.advance(done);
    },
  });
}

/**
 * A card whose weights must have the SHA-256 that a person knows.
 *
 * @throws UserError 'invalid-option' where the catalogue knows another
 */
function withHash(card: Card, sha256: string | undefined): Card {
  if (sha256 === undefined) return card;
  const wanted = sha256.toLowerCase();
  const [weights, ...others] = card.files;
  if (weights === undefined) return card;
  if (weights.sha256 !== null && !wanted.startsWith(weights.sha256)) {
    throw new UserError(
      'invalid-option',
      `--sha256 is not that of ${card.name}: the catalogue has ${weights.sha256}. Leave it out, or check where it is from.`,
    );
  }
  return { ...card, files: [{ ...weights, sha256: wanted }, ...others] };
}
