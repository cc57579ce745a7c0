import { type Dropped, nameOf } from '../lib/dropped.ts';
import { notices } from '../lib/notices.svelte.ts';
import { text } from '../text/index.ts';

/** Says what to drop in place of something that is no one folder, and offers the folder that holds it. */
export function tellDropped(
  dropped: Exclude<Dropped, { kind: 'folder' }>,
  take: (folder: string) => void,
): void {
  const words = text.frame.drop;
  if (dropped.kind === 'nothing') {
    notices.add('attention', words.nothing);
    return;
  }
  const { folder, count } = dropped;
  const offer = (path: string) => ({
    action: {
      label: words.take(nameOf(path)),
      run: () => {
        take(path);
      },
    },
  });
  notices.add('attention', words[dropped.kind](count), folder === null ? {} : offer(folder));
}
