/**
 * `npm run teachers`: writes docs/teachers.md from the catalogue, the page that says which files to bring by hand.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
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

Known vision transformers that can be teachers. The window fetches them on the step “Teacher”, under “More teachers”; the command
line with \`understudy teacher fetch <name> --out <folder>\`. Nothing is fetched unless somebody asks for it, only the files below
come in, and nothing is sent. What one of them learnt, its student keeps: the teacher’s licence holds for the student too.

Every fact is as its source said it in November 2026, and what was not found there is “not known”: before a product is made, read
the licence on the page itself. Sizes are rounded as the source lists them.

## Without a network

1. On a computer with a network, download all files of a teacher into one folder, under these names.
2. Where an account is needed, open the teacher’s page first, sign in and agree to its terms.
3. Compare the SHA-256 where there is one: \`sha256sum <file>\`, on Windows \`certutil -hashfile <file> SHA256\`. “Not verified” means
   that none is known: compare the file's own with another download of it.
4. Bring the folder, and on the step “Teacher” choose “Bring it by hand…” on the card, or drop the file of weights, the first of
   each list, anywhere on the step. On the command line: \`--teacher <file>\`.

The window compares the file with the SHA-256, says so where it is another, and takes licence and training from the card. What a
server says of its own file verifies nothing: a file without a SHA-256 below is fetched, and said to be not verified. Addresses with a
commit in place of \`main\` always give the same file.

**A mirror** in your own network stands in for \`https://huggingface.co\`: a server that gives the same paths. It is set under
“Network”, with \`--mirror\`, or by \`HF_ENDPOINT\`; a proxy in the same place, with \`--proxy\`, or by \`HTTPS_PROXY\`. A mirror without
encryption (\`http\`) beyond this computer is refused unless somebody insists, in the same place or with \`--plain-http\`.
`;

const absent = `## Not in the list

Prithvi, 1.0 and 2.0, can be brought by hand: its first date is used. Its six bands see six bands of images (\`--bands\`), in order; of images in red, green and blue three of them see theirs.

Asked for, and not to be distilled here, since their blocks or their input are of another kind: SatMAE with groups of bands or with
dates, DOFA and CROMA, Scale-MAE (positions that depend on the ground resolution), DINOv2 giant and UNI 2
(SwiGLU), Swin and other transformers with windows.
`;

/** The whole page, formatted. */
export async function teachersPage(): Promise<string> {
  const groups = (Object.keys(domains) as CardDomain[]).map((domain) => {
    const those = cards.filter((card) => card.domain === domain);
    return [`## ${domains[domain]}`, ...those.map(section)].join('\n\n');
  });
  const text = [introduction, ...groups, absent].join('\n\n');
  return format(text, { ...(await resolveConfig(teachersFile)), parser: 'markdown' });
}

function section(card: Card): string {
  const { patchSize, imageSize, bands, width, blocks, parameters } = card;
  const millions = (parameters / 1e6).toPrecision(3).replace(/\.0$/, '');
  const facts = [
    `Suits ${card.suits}.`,
    `Licence: ${card.licence ?? 'not known'}. Commercial use: ${uses[card.commercial]}, ${card.why}.`,
    `Trained on ${card.training ?? 'what is not known'}.`,
    `${blocks} blocks of width ${width}, ${millions} million parameters, patches of ${patchSize} px, input ${imageSize} × ${imageSize} px, ${bands} bands.`,
    `[Its page](${card.page})${card.isGated ? '; **an account is needed**, so it is brought by hand' : ''}.`,
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
  const size = bytes === null ? 'size not known' : `${Number((bytes / 1e6).toPrecision(3))} MB`;
  const hash =
    sha256 === null
      ? '**not verified** (SHA-256 not known)'
      : sha256.length === 64
        ? `SHA-256 \`${sha256}\``
        : `**not verified** (of its SHA-256 only \`${sha256}\` is known)`;
  return `${index + 1}. [${name}](${url})${isWeights ? `, ${size}, ${hash}` : ''}`;
}

if (import.meta.main) {
  await writeFile(teachersFile, await teachersPage());
  console.log(teachersFile);
}
