/**
 * `npm run teachers`: writes docs/teachers.md from the catalogue: the teachers, and their files to download.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'oxfmt';
import type { Card, CardDomain, CardFile, CommercialUse } from '../src/contract/catalogue.ts';
import { cards } from '../src/engine/catalogue/cards.ts';

export const teachersFile = join(import.meta.dirname, '..', 'docs', 'teachers.md');

const domains: Record<CardDomain, string> = {
  general: 'Any images',
  medical: 'Medical images',
  satellite: 'Satellite and aerial images',
};

const uses: Record<CommercialUse, string> = { yes: '**yes**', no: '**no**', ask: '**ask first**' };

const introduction = `# Teachers

Vision transformers that can be teachers. To download one in the window, use “More teachers” on the step “Teacher”; on the command
line, \`understudy teacher fetch <name> --out <folder>\`. Nothing is downloaded unless you ask for it, only the files listed below are
downloaded, and nothing else is sent. A student contains what its teacher learnt, so the teacher’s licence also applies to the student.

Every fact is as its source stated it in November 2026; “unknown” means that the source does not state it. Before you build a product, read
the licence on the teacher’s own page. Sizes are rounded as in the source.

## Without a network

1. On a computer with a network, download all files of a teacher into one folder, under the names given below.
2. If an account is needed, first open the teacher’s page, sign in and agree to its terms.
3. Compare the SHA-256 if one is listed: \`sha256sum <file>\`, on Windows \`certutil -hashfile <file> SHA256\`. “Not verified” means
   that the catalogue has none: compare the file’s own SHA-256 with that of another download.
4. Copy the folder to your computer. On the step “Teacher”, choose “Use a downloaded file…” on the card, or drop the file of weights (the first
   in each list) anywhere on the step. On the command line, use \`--teacher <file>\`.

The window compares the SHA-256 of the file with the one given here, reports a difference, and uses licence and training data from the card.
A hash sent by the download server itself verifies nothing: a file without a SHA-256 below is downloaded and marked as not verified.
Addresses with a commit in place of \`main\` always lead to the same file.

**A mirror** in your own network replaces \`https://huggingface.co\`: a server with the same paths. Set it under
“Network”, with \`--mirror\`, or with \`HF_ENDPOINT\`; set a proxy in the same place, with \`--proxy\`, or with \`HTTPS_PROXY\`. A mirror
on another computer without encryption (\`http\`) is refused unless you allow it, in the same place or with \`--plain-http\`.
`;

const absent = `## Not in the list

Prithvi 1.0 and 2.0 can be used as downloaded files: only the first of their dates is used. Their six bands receive six bands of your images (\`--bands\`), in order;
with images in red, green and blue, three of the six bands receive these.

These models were asked for, but cannot be distilled because their blocks or their input are of another kind: SatMAE with groups of bands or
with dates, DOFA and CROMA, Scale-MAE (positions that depend on the ground resolution), DINOv2 giant and UNI 2
(SwiGLU), Swin and other transformers with windowed attention.
`;

/** Returns the whole page, formatted. */
export async function teachersPage(): Promise<string> {
  const groups = (Object.keys(domains) as CardDomain[]).map((domain) => {
    const those = cards.filter((card) => card.domain === domain);
    return [`## ${domains[domain]}`, ...those.map(section)].join('\n\n');
  });
  const text = [introduction, ...groups, absent].join('\n\n');
  return (await format(teachersFile, text, { printWidth: 100 })).code;
}

function section(card: Card): string {
  const { patchSize, imageSize, bands, width, blocks, parameters } = card;
  const millions = (parameters / 1e6).toPrecision(3).replace(/\.0$/, '');
  const facts = [
    `Suitable for ${card.suits}.`,
    `Licence: ${card.licence ?? 'unknown'}. Commercial use: ${uses[card.commercial]}, ${card.why}.`,
    `Trained on ${card.training ?? 'unknown data'}.`,
    `${blocks} blocks of width ${width}, ${millions} million parameters, patches of ${patchSize} px, input ${imageSize} × ${imageSize} px, ${bands} bands.`,
    `[Its page](${card.page})${card.isGated ? '; **an account is needed**, so download the files yourself' : ''}.`,
  ];
  return [
    `### ${card.name}`,
    `\`${card.id}\``,
    facts.map((fact) => `- ${fact}`).join('\n'),
    card.files.map(fileLine).join('\n'),
  ].join('\n\n');
}

function fileLine({ name, url, bytes, sha256 }: CardFile, index: number): string {
  const isWeights = index === 0;
  const size = bytes === null ? 'size unknown' : `${Number((bytes / 1e6).toPrecision(3))} MB`;
  const hash =
    sha256 === null
      ? '**not verified** (SHA-256 unknown)'
      : sha256.length === 64
        ? `SHA-256 \`${sha256}\``
        : `**not verified** (only the beginning of its SHA-256 is known, \`${sha256}\`)`;
  return `${index + 1}. [${name}](${url})${isWeights ? `, ${size}, ${hash}` : ''}`;
}

if (import.meta.main) {
  await writeFile(teachersFile, await teachersPage());
  console.log(teachersFile);
}
