import type { ImportReport } from '../../contract/app.ts';
import { text } from '../text/index.ts';

/** Notice about a finished import; `attention` if the user should look at it. */
export function importNotice({
  found,
  added,
  known,
  copies,
  masks,
  masksLeftOut,
  lost,
  folder,
  cancelled,
  skipped,
}: Omit<ImportReport, 'project' | 'moved'>): {
  readonly kind: 'attention' | 'done';
  readonly message: string;
} {
  const words = text.images;
  if (cancelled) return { kind: 'attention', message: words.stopped(added, known, copies) };
  if (found === 0) return { kind: 'attention', message: words.nothingFound };
  // An import may add only masks, to images that the project already has.
  const message =
    added === 0 && masks === 0
      ? words.noneAdded(known, copies, found - known)
      : words.added(added, known, copies, masks);
  const failed = found - added - known;
  // A file has one entry for each of its images; the button beside the notice counts files.
  const files = new Set(skipped.map(({ path }) => path.replace(/#\d+$/, ''))).size;
  if (failed > 0) {
    const sentences = [
      message,
      ...(lost > 0 ? [words.lost(lost, folder)] : []),
      ...(failed > lost && (added > 0 || masks > 0)
        ? [words.unreadable(Math.max(files - lost, 1))]
        : []),
    ];
    return { kind: 'attention', message: sentences.join(' ') };
  }
  if (masksLeftOut > 0) {
    return { kind: 'attention', message: `${message} ${words.masksLeftOut(masksLeftOut)}` };
  }
  return { kind: added === 0 && masks === 0 ? 'attention' : 'done', message };
}
