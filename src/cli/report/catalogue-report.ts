import type { Card, CardDomain, CommercialUse, FetchSummary } from '../../contract/catalogue.ts';
import { count, megabytes, parameters } from '../figures.ts';
import type { Paint } from '../paint.ts';
import { printable, wrap } from '../text.ts';
import { widest } from '../world.ts';
import { table } from './table.ts';

const domains: Record<CardDomain, string> = {
  general: 'Any images',
  medical: 'Medical images',
  satellite: 'Satellite and aerial images',
};

/** Columns that the names of facts take. */
const names = 14;

const uses: Record<CommercialUse, string> = { yes: 'yes', no: 'no', ask: 'ask first' };

/** What teachers there are, by domain. */
export function catalogueReport(cards: readonly Card[], paint: Paint): string {
  const groups = (Object.keys(domains) as CardDomain[]).flatMap((domain) => {
    const those = cards.filter((card) => card.domain === domain);
    if (those.length === 0) return [];
    return [paint.strong(domains[domain]), '', ...those.map((card) => cardText(card, paint)), ''];
  });
  const lesson =
    'Fetch one with understudy teacher fetch <name> --out <folder>. “By hand” means that its page asks for an account.';
  return [...groups, wrap(lesson, widest)].join('\n');
}

function cardText(card: Card, paint: Paint): string {
  const { patchSize, imageSize, bands, blocks } = card;
  const [weights] = card.files;
  const size = weights?.bytes === null ? 'size not known' : megabytes(weights?.bytes ?? 0);
  const shape = `${count(blocks)} blocks, ${parameters(card.parameters)} parameters, patches of ${patchSize} px, input ${imageSize} px, ${count(bands)} bands`;
  const rows = [
    ['Suits', card.suits],
    [
      'Licence',
      `${card.licence ?? 'not known'}; commercial use: ${uses[card.commercial]}, ${card.why}`,
    ],
    ['Trained on', card.training ?? 'not known'],
    ['Shape', shape],
    [
      'File',
      `${weights?.name ?? ''}, ${size}${card.isGated ? ', by hand' : ''}; ${weights?.sha256?.length === 64 ? 'verified by its SHA-256' : 'not verified: no SHA-256 is known'}`,
    ],
    ['Page', card.page],
  ];
  const indent = ' '.repeat(names);
  const lines = rows.map(([name = '', said = '']) => {
    const wrapped = wrap(said, widest - names).replaceAll('\n', `\n${indent}`);
    return `  ${name}`.padEnd(names) + wrapped;
  });
  return [`${paint.strong(card.id)}  ${card.name}`, ...lines, ''].join('\n');
}

/** Where a teacher is now, and how to go on. */
export function fetchReport({ file, folder, files }: FetchSummary, paint: Paint): string {
  const rows = files.map(({ name, bytes, sha256, isVerified }) => [
    printable(name),
    megabytes(bytes),
    isVerified ? 'verified' : 'not verified',
    sha256,
  ]);
  const unverified = files.filter(({ isVerified }) => !isVerified);
  return [
    paint.strong('Teacher fetched'),
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
            'Not verified: the catalogue has no SHA-256 for this file, so nothing shows that it is the one its authors published. Compare the SHA-256 above with the file’s page, or with another download (--sha256).',
            widest,
          ),
          '',
        ]),
    'Look into it, and distil from it:',
    `  understudy teacher inspect ${quoted(file)}`,
    `  understudy distill --teacher ${quoted(file)} …`,
  ].join('\n');
}

function quoted(path: string): string {
  const text = printable(path);
  return /^[\w@%+=:,./\\-]+$/.test(text) ? text : `"${text}"`;
}
