import type { Command } from 'commander';
import { z } from 'zod';
import { cardDomain, fetchRequest } from '../../contract/catalogue.ts';
import type { FetchRequest } from '../../contract/catalogue.ts';
import { runJob, writeResult } from '../job.ts';
import { addOptions, type OptionTable } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';
import { catalogueReport, fetchReport } from '../report/catalogue-report.ts';
import type { Environment } from '../environment.ts';
import { addJsonOption } from './command.ts';

const listOptions = {
  schema: z.strictObject({ domain: cardDomain.optional() }),
  table: { domain: { flags: '--domain <name>', help: 'list only teachers of one domain' } },
};

const table: OptionTable<Omit<FetchRequest, 'card'>> = {
  out: {
    flags: '--out <folder>',
    help: 'folder for the files; files that are already there are not downloaded again',
  },
  mirror: {
    flags: '--mirror <url>',
    help: 'mirror: a server with the same files, used instead of https://huggingface.co (default: environment variable HF_ENDPOINT)',
  },
  proxy: {
    flags: '--proxy <url>',
    help: 'address of a proxy, such as http://proxy.example:3128 (default: environment variable HTTPS_PROXY)',
  },
  plainHttp: {
    flags: '--plain-http',
    help: 'allow a mirror without encryption (http); anyone on the network could replace its files',
  },
  sha256: {
    flags: '--sha256 <digits>',
    help: 'expected SHA-256 of the weights, if the catalogue has none, e.g. computed on another computer',
  },
};

const fetchOptions = { schema: fetchRequest.omit({ card: true }), table };

/** `teacher catalogue` and `teacher fetch`: teachers to download. */
export function addCatalogue(teacher: Command, environment: Environment): void {
  const catalogue = teacher
    .command('catalogue')
    .summary('list teachers that can be downloaded, with licence, size and training data')
    .description(
      'Lists teachers for several fields with their use, size, training data and licence, and whether it allows commercial ' +
        'use. Nothing is downloaded.',
    )
    .action(async (values: OptionValues) => {
      const { domain } = readRequest(listOptions, values);
      const all = await environment.engine.listCards();
      const cards = all.filter((card) => domain === undefined || card.domain === domain);
      writeResult(environment, values.json === true, { cards }, (result, paint) =>
        catalogueReport(result.cards, paint),
      );
    });
  addJsonOption(addOptions(catalogue, listOptions), 'result');
  const fetch = teacher
    .command('fetch')
    .summary('download a teacher from the catalogue')
    .description(
      'Downloads the files of a teacher, compares their SHA-256 with the catalogue (if it has one), and prints ' +
        'commands to use the teacher. None of your data is sent. An interrupted download continues where it stopped.',
    )
    .usage('<name> --out <folder> [options]')
    .argument('<name>', 'name of the teacher, as listed by teacher catalogue')
    .action(async (name: string, values: OptionValues) => {
      const request = { card: name, ...readRequest(fetchOptions, values) };
      await runJob(environment, {
        json: values.json === true,
        work: (context) => environment.engine.fetchTeacher(request, context),
        report: fetchReport,
        skipped: () => [],
      });
    });
  addJsonOption(addOptions(fetch, fetchOptions));
}
