import type { Command } from 'commander';
import { type ImportRequest, importRequest } from '../../contract/import-job.ts';
import { isPartly } from '../../contract/results.ts';
import { runJob } from '../job.ts';
import { addOptions, type OptionTable } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';
import { importReport } from '../report/import-report.ts';
import type { Environment } from '../environment.ts';
import { addJsonOption } from './command.ts';
import { classOption } from './mask-options.ts';

const table: OptionTable<Omit<ImportRequest, 'folder'>> = {
  workspace: {
    flags: '--workspace <folder>',
    help: "the window's workspace, the folder with its projects, created if missing; close the window first",
  },
  project: { flags: '--project <name>', help: 'name of the project; created if missing' },
  labels: {
    flags: '--labels <how>',
    help: 'folders: the folder of each image is its class; none: no labels; or a CSV file with the columns path,label',
  },
  domain: { flags: '--domain <name>', help: 'domain of a new project (default: other)' },
  task: {
    flags: '--task <kind>',
    help: 'task of a new project (default: single). single: one class per image; several: any number of labels; segmentation: regions from masks',
  },
  masks: {
    flags: '--masks <where>',
    group: 'Masks',
    help: 'found: use the masks in the folder; or a file with masks: COCO, a CVAT archive, GeoJSON, a GeoPackage, a label map of a DICOM series',
  },
  class: { ...classOption, group: 'Masks' },
  newClasses: {
    flags: '--new-classes',
    group: 'Masks',
    help: 'create classes for names in the masks that the project does not have; values without a name become “object” or “class 3”',
  },
  replaceMasks: {
    flags: '--replace-masks',
    group: 'Masks',
    help: 'replace the masks that images already have (default: keep them)',
  },
  property: {
    flags: '--property <name>',
    group: 'Masks',
    help: 'property of the polygons (GeoJSON or GeoPackage) that names their class; not needed for files of labels export',
  },
  maskState: {
    flags: '--mask-state <state>',
    group: 'Masks',
    help: 'draft: masks to check; done: complete masks, in which all unmarked pixels are background; if not given, draft for GeoJSON and GeoPackage and done for others',
  },
  rekey: {
    flags: '--rekey',
    help: 'if the key file “secret” of the workspace is lost: read the patients of all images again and store them under a new key',
  },
};

const options = { schema: importRequest.omit({ folder: true }), table };

/** `import`: adds the images of a folder to a project. */
export function addImport(program: Command, environment: Environment): void {
  const command = program
    .command('import')
    .summary('import a folder of images into a project')
    .description(
      'Adds the images of a folder to a project, as the window does, with labels from class folders or a table, ' +
        'and with masks if --masks is given. The files stay where they are. Importing the same folder again adds only ' +
        'new images. After Ctrl-C, the images imported so far are kept.',
    )
    .usage('<folder> --workspace <folder> --project <name> [options]')
    .argument('<folder>', 'folder of images')
    .action(async (folder: string, values: OptionValues) => {
      const json = values.json === true;
      const request = importRequest.parse({ folder, ...readRequest(options, values) });
      await runJob(environment, {
        json,
        // With --json, only the result is written: it lists every file that was left out.
        work: (context) =>
          environment.engine.importFolder(
            request,
            json ? { ...context, report: () => undefined } : context,
          ),
        report: importReport,
        skipped: ({ skipped }) => skipped,
        isPartly: ({ skipped }) => isPartly(skipped),
      });
    });
  addJsonOption(addOptions(command, options), 'result');
}
