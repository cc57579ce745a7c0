import { text } from '../../text/index.ts';

/** Display name of a group, and an explanation if it is a code in place of a patient's name. */
export function displayGroupName(group: string): { readonly name: string; readonly why: string } {
  const words = text.testSet;
  const isCode = /^[0-9a-f]{16}$/.test(group);
  return isCode ? { name: words.code(group), why: words.codeWhy } : { name: group, why: group };
}
