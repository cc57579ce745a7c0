import type { Card, CardDomain, CommercialUse, FetchSummary } from '../../contract/catalogue.ts';
import { count, megabytes, parameters } from '../figures.ts';
import type { TextStyles } from '../text-styles.ts';
import { printable, wrap } from '../text.ts';
import { widest } from '../environment.ts';
import { table } from './table.ts';

const domains: Record<CardDomain, string> = {
  general: 'Any images',
  medical: 'Medical images',
  satellite: 'Satellite and aerial images',
};

/** Width of the column with the names of facts. */
const names = 14;

const uses: Record<CommercialUse, string> = { yes: 'yes', no: 'no', ask: 'ask first' };

/** Lists the teachers of the catalogue by domain. */
export function catalogueReport(cards: readonly Card[], paint: TextStyles): string {
  const groups = (Object.keys(domains) as CardDomain[]).flatMap((domain) => {
    const those = cards.filter((card) => card.domain === domain);
    if (those.length === 0) return [];
    return [paint.strong(domains[domain]), '', ...those.map((card) => cardText(card, paint)), ''];
  });
  const advice =
    'To download a teacher: understudy teacher fetch <name> --out <folder>. If its page needs an account, download its files in a browser.';
  return [...groups, wrap(advice, widest)].join('\n');
}

function cardText(card: Card, paint: TextStyles): string {
  const { patchSize, imageSize, bands, blocks } = card;
  const [weights] = card.files;
  const size = weights?.bytes === null ? 'size unknown' : megabytes(weights?.bytes ?? 0);
  const shape = `${count(blocks)} blocks, ${parameters(card.parameters)} parameters, patches of ${patchSize} px, input ${imageSize} px, ${count(bands)} bands`;
  const rows = [
    ['Suits', card.suits],
    [
      'Licence',
      `${card.licence ?? 'unknown'}; commercial use: ${uses[card.commercial]}, ${card.why}`,
    ],
    ['Trained on', card.training ?? 'unknown'],
    ['Shape', shape],
    [
      'File',
      `${weights?.name ?? ''}, ${size}${card.isGated ? ', page needs an account' : ''}; ${weights?.sha256?.length === 64 ? 'a download is verified by its SHA-256' : 'a download cannot be verified: the catalogue has no SHA-256'}`,
    ],
    ['Page', card.page],
  ];
  const indent = ' '.repeat(names);
  const lines = rows.map(([name = '', description = '']) => {
    const wrapped = wrap(description, widest - names).replaceAll('\n', `\n${indent}`);
    return `  ${name}`.padEnd(names) + wrapped;
  });
  return [`${paint.strong(card.id)}  ${card.name}`, ...lines, ''].join('\n');
}

/** Reports the files of a downloaded teacher and the next commands. */
export function fetchReport({ file, folder, files }: FetchSummary, paint: TextStyles): string {
  const rows = files.map(({ name, bytes, sha256, isVerified }) => [
    printable(name),
    megabytes(bytes),
    isVerified ? 'verified' : 'not verified',
    sha256,
  ]);
  const unverified = files.filter(({ isVerified }) => !isVerified);
  return [
    paint.strong('Teacher downloaded'),
    '',
    table([['Folder', printable(folder)]], { leftColumns: 2 }),
    '',
    table([['File', 'Size', '', 'SHA-256'], ...rows], {
      leftColumns: 4,
      header: (line) => paint.strong(line),
    }),
    '',
    ...(unverified.length === 0
      ? []
      : [
          wrap(
            'Not verified: the catalogue has no SHA-256 for this file, so it may differ from the one its authors published. Compare the SHA-256 above with the page of the file, or with another download (--sha256).',
            widest,
          ),
          '',
        ]),
    'To inspect the teacher and to distil a student from it:',
    `  understudy teacher inspect ${quoted(file)}`,
    `  understudy distill --teacher ${quoted(file)} …`,
  ].join('\n');
}

function quoted(path: string): string {
  const text = printable(path);
  return /^[\w@%+=:,./\\-]+$/.test(text) ? text : `"${text}"`;
}
