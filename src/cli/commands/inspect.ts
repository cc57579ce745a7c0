import type { Command } from 'commander';
import { z } from 'zod';
import { type LocateRequest, locateRequest } from '../../contract/import-job.ts';
import { runJob, writeResult } from '../job.ts';
import { devicesReport } from '../report/devices-report.ts';
import { addOptions, type OptionTable } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';
import { locateReport } from '../report/locate-report.ts';
import { imageReport } from '../report/image-report.ts';
import type { World } from '../world.ts';
import { addCommand, addJsonOption } from './command.ts';

const devicesRequest = z.strictObject({ threads: z.int().min(1).max(256).optional() });

/** `image inspect`: what an image file holds. */
export function addImage(program: Command, world: World): void {
  const image = program
    .command('image')
    .description('image files: image inspect <file>, image locate <folder> [options]');
  addLocate(image, world);
  const inspect = image
    .command('inspect')
    .summary('say what an image file holds: values, spacing, orientation, coordinates')
    .description(
      'Reads an image, of several frames all of them, and says how large it is, which values it stores, ' +
        'and how the file asks to be shown. The format is told by content. Nothing is changed, and ' +
        'nothing is said of a patient.',
    )
    .argument('<file>', 'the image')
    .action(async (file: string, { json = false }: { readonly json?: boolean }) => {
      await runJob(world, {
        json,
        // For programs the result alone, as it is for a teacher.
        work: (context) =>
          world.engine.inspectImage(file, json ? { ...context, report: () => undefined } : context),
        report: (description, paint) => imageReport(file, description, paint),
        skipped: () => [],
      });
    });
  addJsonOption(inspect);
}

const locateTable: OptionTable<Omit<LocateRequest, 'folder'>> = {
  workspace: {
    flags: '--workspace <folder>',
    help: 'the folder of projects, not open in a window meanwhile',
  },
  project: { flags: '--project <name>', help: 'the project' },
  from: {
    flags: '--from <folder>',
    help: 'the folder that the images were imported from; images of all folders by default',
  },
};

const locateOptions = { schema: locateRequest.omit({ folder: true }), table: locateTable };

/** `image locate`: missing images of a project, in another folder. */
function addLocate(image: Command, world: World): void {
  const command = image
    .command('locate')
    .summary('find the missing images of a project in another folder')
    .description(
      'Looks for images that are no longer where they were imported from: by relative path, size and time, ' +
        'then by content. The project has the new places afterwards; labels and masks are kept, and no file is changed.',
    )
    .usage('<folder> --workspace <folder> --project <name> [options]')
    .argument('<folder>', 'the folder where the images are now')
    .action(async (folder: string, values: OptionValues) => {
      await runJob(world, {
        json: values.json === true,
        work: (context) =>
          world.engine.locateImages({ ...readRequest(locateOptions, values), folder }, context),
        report: locateReport,
        skipped: () => [],
      });
    });
  addJsonOption(addOptions(command, locateOptions));
}

/** `devices`: what this machine can compute with. */
export function addDevices(program: Command, world: World): void {
  addCommand(program, {
    name: 'devices',
    summary: 'say what this machine can compute with, and how fast',
    description: 'Lists what this machine can compute with and measures how fast it is.',
    usage: '[options]',
    schema: devicesRequest,
    table: {
      threads: { flags: '--threads <n>', help: 'processor threads to use (chosen by default)' },
    },
    run: async ({ threads }, json) => {
      const devices = await world.engine.listDevices(threads);
      writeResult(world, json, { devices }, (result, paint) =>
        devicesReport(result.devices, paint),
      );
    },
  });
}
