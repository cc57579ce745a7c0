import { Notification } from 'electron';
import type { ParsedParams } from '../../contract/app.ts';

type Asked = ParsedParams<'shell.notify'>;

/** Shown notifications, referenced here because a garbage-collected one is never clicked. */
const shown = new Set<Notification>();
/** Number of references; older ones are dropped. */
const most = 20;

/**
 * Shows a system notification, if supported.
 *
 * @param onclick called when the user clicks it
 */
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
