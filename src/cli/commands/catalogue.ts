import type { Command } from 'commander';
import { z } from 'zod';
import { cardDomain, fetchRequest } from '../../contract/catalogue.ts';
import type { FetchRequest } from '../../contract/catalogue.ts';
import { runJob, writeResult } from '../job.ts';
import { addOptions, type OptionTable } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';
import { catalogueReport, fetchReport } from '../report/catalogue-report.ts';
import type { World } from '../world.ts';
import { addJsonOption } from './command.ts';

const listOptions = {
  schema: z.strictObject({ domain: cardDomain.optional() }),
  table: { domain: { flags: '--domain <name>', help: 'only those of a domain' } },
};

const table: OptionTable<Omit<FetchRequest, 'card'>> = {
  out: {
    flags: '--out <folder>',
    help: 'where the files go; what is there already is not fetched',
  },
  mirror: {
    flags: '--mirror <url>',
    help: 'another server with the same files, in place of https://huggingface.co (HF_ENDPOINT by default)',
  },
  proxy: {
    flags: '--proxy <url>',
    help: 'as http://proxy.example:3128 (HTTPS_PROXY by default)',
  },
  plainHttp: {
    flags: '--plain-http',
    help: 'fetch from a mirror without encryption (http), where anybody on the way can change files',
  },
  sha256: {
    flags: '--sha256 <digits>',
    help: 'what the weights must have, where you know it and the catalogue does not, as from a colleague’s download',
  },
};

const fetchOptions = { schema: fetchRequest.omit({ card: true }), table };

/** `teacher catalogue` and `teacher fetch`: teachers that can be had. */
export function addCatalogue(teacher: Command, world: World): void {
  const catalogue = teacher
    .command('catalogue')
    .summary('list teachers that can be fetched, with licence, size and training')
    .description(
      'Lists teachers of several fields: what they suit, whether a product may be made of them, how large they are. ' +
        'Nothing is fetched.',
    )
    .action(async (values: OptionValues) => {
      const { domain } = readRequest(listOptions, values);
      const all = await world.engine.listCards();
      const cards = all.filter((card) => domain === undefined || card.domain === domain);
      writeResult(world, values.json === true, { cards }, (result, paint) =>
        catalogueReport(result.cards, paint),
      );
    });
  addJsonOption(addOptions(catalogue, listOptions));
  const fetch = teacher
    .command('fetch')
    .summary('fetch a teacher of the catalogue')
    .description(
      'Fetches the files of a teacher, compares them with the SHA-256 that the catalogue pins, where it has one, and says how to use it. Only the ' +
        'files are asked for; nothing is sent. One that was interrupted goes on where it ended.',
    )
    .usage('<name> --out <folder> [options]')
    .argument('<name>', 'as teacher catalogue lists it')
    .action(async (name: string, values: OptionValues) => {
      const request = { card: name, ...readRequest(fetchOptions, values) };
      await runJob(world, {
        json: values.json === true,
        work: (context) => world.engine.fetchTeacher(request, context),
        report: fetchReport,
        skipped: () => [],
      });
    });
  addJsonOption(addOptions(fetch, fetchOptions));
}
