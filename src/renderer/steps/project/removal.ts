import { text } from '../../text/index.ts';
import type { EditedClass } from './edited-class.ts';

/**
 * What is said before a class is removed.
 *
 * @param one with the masks that show it
 * @param hasMasks whether the project has any
 * @param hasRun whether a run is at work or waits
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
