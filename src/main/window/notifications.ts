import { Notification } from 'electron';
import type { ParsedParams } from '../../contract/app.ts';

type Asked = ParsedParams<'shell.notify'>;

/** Kept while they are shown: one that is collected is never clicked. */
const shown = new Set<Notification>();
/** Older ones are let go. */
const most = 20;

/** Shows a notification of the system where it has such. @param onclick somebody wants to see what it tells of */
export function notify(
  { title, body, target }: Asked,
  onclick: (target: Asked['target']) => void,
): void {
  if (!Notification.isSupported()) return;
  const notification = new Notification({ title, body });
  shown.add(notification);
  for (const oldest of shown) {
    if (shown.size <= most) break;
    shown.delete(oldest);
  }
  notification.on('click', () => {
    shown.delete(notification);
    onclick(target);
  });
  notification.on('close', () => {
    shown.delete(notification);
  });
  notification.show();
}
