import type { Command } from 'commander';
import { type ImportRequest, importRequest } from '../../contract/import-job.ts';
import { runJob } from '../job.ts';
import { addOptions, type OptionTable } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';
import { importReport } from '../report/import-report.ts';
import type { World } from '../world.ts';
import { addJsonOption } from './command.ts';
import { classOption } from './mask-options.ts';

const table: OptionTable<Omit<ImportRequest, 'folder'>> = {
  workspace: {
    flags: '--workspace <folder>',
    help: 'the folder of projects; made where there is none, and not open in a window meanwhile',
  },
  project: { flags: '--project <name>', help: 'the project; made where there is none of the name' },
  labels: {
    flags: '--labels <how>',
    help: 'folders: the folder an image lies in is its class; none; or a CSV file with the columns path,label',
  },
  domain: { flags: '--domain <name>', help: 'of a project that is made, other by default' },
  task: {
    flags: '--task <kind>',
    help: 'of a project that is made: one class an image, as by default, several, or regions',
  },
  masks: {
    flags: '--masks <where>',
    group: 'Masks',
    help: 'found: those that lie in the folder; or a file: COCO, a CVAT archive, GeoJSON, a label map of a DICOM series',
  },
  class: { ...classOption, group: 'Masks' },
  newClasses: {
    flags: '--new-classes',
    group: 'Masks',
    help: 'make the classes that the masks name and the project has not; values without names become “object” or “class 3”',
  },
  replaceMasks: {
    flags: '--replace-masks',
    group: 'Masks',
    help: 'replace the masks that images have; they are kept otherwise',
  },
  property: {
    flags: '--property <name>',
    group: 'Masks',
    help: 'the property of polygons in GeoJSON that names their class',
  },
  maskState: {
    flags: '--mask-state <state>',
    group: 'Masks',
    help: 'what the masks are; done by default where they say all that there is in an image',
  },
  rekey: {
    flags: '--rekey',
    help: 'read again whose each image of the workspace is, where its key for patients is lost, and keep that under a new key',
  },
};

const options = { schema: importRequest.omit({ folder: true }), table };

/** `import`: images of a folder into a project. */
export function addImport(program: Command, world: World): void {
  const command = program
    .command('import')
    .summary('bring a folder of images into a project of the window')
    .description(
      'Does what the window does with a folder: its images, with labels from class folders or a table, ' +
        'become part of a project, and with --masks the regions that label files outline. They stay where they lie. The same folder again brings in only what is ' +
        'new. Ctrl-C keeps what is in.',
    )
    .usage('<folder> --workspace <folder> --project <name> [options]')
    .argument('<folder>', 'the folder of images')
    .action(async (folder: string, values: OptionValues) => {
      const json = values.json === true;
      const request = importRequest.parse({ folder, ...readRequest(options, values) });
      await runJob(world, {
        json,
        // For programs the result alone: it lists every file that was left out.
        work: (context) =>
          world.engine.importFolder(
            request,
            json ? { ...context, report: () => undefined } : context,
          ),
        report: importReport,
        skipped: ({ skipped }) => skipped,
      });
    });
  addJsonOption(addOptions(command, options));
}
