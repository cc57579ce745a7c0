import { text } from '../../text/index.ts';
import type { EditedClass } from './edited-class.ts';

/**
 * Message of the dialog that confirms removing a class. `masks` is the number of masks that show it.
 *
 * @param hasMasks true if the project has masks
 * @param hasRun true if a run is running or queued
 */
export function removalMessage(
  { labelled, masks }: Pick<EditedClass, 'labelled'> & { readonly masks: number },
  hasMasks: boolean,
  hasRun: boolean,
): string {
  const words = text.project;
  const what = hasMasks ? words.removeErases(masks) : words.removeLoses(labelled);
  return hasRun ? `${what} ${words.removeDuringRun}` : what;
}
