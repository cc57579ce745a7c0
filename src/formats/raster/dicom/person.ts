import { createHash } from 'node:crypto';
import type { DataSet } from './data-set.ts';
import { firstText } from './values.ts';

/** Words that anonymisers and forms use in place of a name. */
const placeholder =
  /^(?:anon\p{L}*|de|identified|deidentified|removed|redacted|hidden|unknown|unnamed|none|no|na|n|a|null|nobody|patient|pat|subject|test|case|person|name|last|first|family|given|doe|john|jane|x+|\d+)$/u;

/** First plausible year of birth; anonymisers write dates such as 19000101 and 11111111. */
const firstYear = 1901;

/**
 * SHA-256 (hexadecimal) of the patient's name and date of birth, for files without a patient's number; null if either
 * is missing or a placeholder. Case, width of letters, invisible letters, order of the words and their separators are
 * ignored.
 */
export function personDigest(dataSet: DataSet): string | null {
  const name = nameWords(dataSet);
  const born = birthDate(dataSet);
  if (name === null || born === null) return null;
  return createHash('sha256').update(`${name}\0${born}`).digest('hex');
}

/** Returns the words of a name, sorted; null if none of them is part of a name. */
function nameWords(dataSet: DataSet): string | null {
  const written = lettersOf(dataSet.get('PatientName')?.bytes ?? new Uint8Array());
  // The same name in other scripts follows "="; after the third "^" come titles (PS3.5, 6.2.1).
  const groups = written.split('=').map((group) => group.split('^').slice(0, 3).join('^'));
  const words = groups.map(wordsOf).find((found) => found.length > 0) ?? [];
  return words.every((word) => placeholder.test(word)) ? null : words.sort().join(' ');
}

function wordsOf(text: string): string[] {
  const plain = text.normalize('NFKC').toLowerCase().normalize('NFC');
  return plain
    .replaceAll(/\p{Cf}/gu, '')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word !== '');
}

/** Decodes UTF-8 if it is valid, whatever character set the file states; else each byte is a letter. */
function lettersOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return Buffer.from(bytes).toString('latin1');
  }
}

/**
 * Returns `YYYYMMDD`; older files separate the parts by points (PS3.5, 6.2). Null for anything but the birth date of a
 * living person.
 */
function birthDate(dataSet: DataSet): string | null {
  const [, year = '', month = '', day = ''] =
    /^(\d{4})\.?(\d{2})\.?(\d{2})$/.exec(firstText(dataSet, 'PatientBirthDate') ?? '') ?? [];
  const isDate = Number(year) >= firstYear && inRange(month, 12) && inRange(day, 31);
  return isDate ? year + month + day : null;
}

function inRange(digits: string, last: number): boolean {
  return Number(digits) >= 1 && Number(digits) <= last;
}
