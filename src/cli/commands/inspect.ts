import type { Command } from 'commander';
import { z } from 'zod';
import { type LocateRequest, locateRequest } from '../../contract/import-job.ts';
import { runJob, writeResult } from '../job.ts';
import { devicesReport } from '../report/devices-report.ts';
import { addOptions, type OptionTable } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';
import { locateReport } from '../report/locate-report.ts';
import { imageReport } from '../report/image-report.ts';
import type { Environment } from '../environment.ts';
import { addCommand, addJsonOption } from './command.ts';

const devicesRequest = z.strictObject({ threads: z.int().min(1).max(256).optional() });

/** `image inspect` and `image locate`. */
export function addImage(program: Command, environment: Environment): void {
  const image = program
    .command('image')
    .summary('describe an image file, or find missing images (image --help)')
    .description('Describes an image file, or finds the missing images of a project.');
  addLocate(image, environment);
  const inspect = image
    .command('inspect')
    .usage('<file> [options]')
    .summary('describe an image file: values, spacing, orientation, coordinates')
    .description(
      'Reads all frames of an image file and prints their size, values and display settings. ' +
        'The format is recognised by content. The file is not changed, and no patient data is printed.',
    )
    .argument('<file>', 'image file')
    .action(async (file: string, { json = false }: { readonly json?: boolean }) => {
      await runJob(environment, {
        json,
        // With --json, only the result is written, as for a teacher.
        work: (context) =>
          environment.engine.inspectImage(
            file,
            json ? { ...context, report: () => undefined } : context,
          ),
        report: (description, paint) => imageReport(file, description, paint),
        skipped: () => [],
      });
    });
  addJsonOption(inspect, 'result');
}

const locateTable: OptionTable<Omit<LocateRequest, 'folder'>> = {
  workspace: {
    flags: '--workspace <folder>',
    help: "the window's workspace, the folder with its projects; close the window first",
  },
  project: { flags: '--project <name>', help: 'name of the project' },
  from: {
    flags: '--from <folder>',
    help: 'look only for images that were imported from this folder (default: from any)',
  },
};

const locateOptions = { schema: locateRequest.omit({ folder: true }), table: locateTable };

/** `image locate`: finds missing images of a project in another folder. */
function addLocate(image: Command, environment: Environment): void {
  const command = image
    .command('locate')
    .summary('find the missing images of a project in another folder')
    .description(
      'Looks for images of a project that are no longer where they were imported from: by relative path, size and ' +
        'modification time, then by content. The project stores their new paths. Labels and masks are kept, and no file is changed.',
    )
    .usage('<folder> --workspace <folder> --project <name> [options]')
    .argument('<folder>', 'folder where the images are now')
    .action(async (folder: string, values: OptionValues) => {
      await runJob(environment, {
        json: values.json === true,
        work: (context) =>
          environment.engine.locateImages(
            { ...readRequest(locateOptions, values), folder },
            context,
          ),
        report: locateReport,
        skipped: () => [],
        isPartly: ({ missing, found }) => found < missing,
      });
    });
  addJsonOption(addOptions(command, locateOptions));
}

/** `devices`: lists the devices of this computer. */
export function addDevices(program: Command, environment: Environment): void {
  addCommand(program, {
    name: 'devices',
    json: 'result',
    summary: 'list the devices of this computer and their speed',
    description:
      'Lists the devices (processor and GPUs) of this computer with their measured training speed, or why they cannot be used.',
    usage: '[options]',
    schema: devicesRequest,
    table: {
      threads: { flags: '--threads <n>', help: 'CPU threads (default: automatic)' },
    },
    run: async ({ threads }, json) => {
      const devices = await environment.engine.listDevices(threads);
      writeResult(environment, json, { devices }, (result, paint) =>
        devicesReport(result.devices, paint),
      );
    },
  });
}
