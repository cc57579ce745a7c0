import type { ImportReport } from '../../contract/app.ts';
import { text } from '../text/index.ts';

/** What is said once an import is over; `attention` where somebody should look at it. */
export function importNotice({
  found,
  added,
  known,
  masks,
  masksLeftOut,
  lost,
  folder,
  cancelled,
}: Omit<ImportReport, 'project' | 'moved' | 'skipped'>): {
  readonly kind: 'attention' | 'done';
  readonly message: string;
} {
  const words = text.images;
  if (cancelled) return { kind: 'attention', message: words.stopped(added) };
  if (found === 0) return { kind: 'attention', message: words.nothingFound };
  // Images that were there already may have come by their masks.
  const message =
    added === 0 && masks === 0
      ? words.noneAdded(known, found - known)
      : words.added(added, known, masks);
  const failed = found - added - known;
  if (failed > 0) {
    const sentences = [
      message,
      ...(lost > 0 ? [words.lost(lost, folder)] : []),
      ...(failed > lost && (added > 0 || masks > 0) ? [words.unreadable(failed - lost)] : []),
      ...(masksLeftOut > 0 ? [words.masksLeftOut(masksLeftOut)] : []),
    ];
    return { kind: 'attention', message: sentences.join(' ') };
  }
  if (masksLeftOut > 0) {
    return { kind: 'attention', message: `${message} ${words.masksLeftOut(masksLeftOut)}` };
  }
  return { kind: added === 0 && masks === 0 ? 'attention' : 'done', message };
}
