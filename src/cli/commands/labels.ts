import type { Command } from 'commander';
import { type LabelExportRequest, labelExportRequest } from '../../contract/label-export.ts';
import { runJob } from '../job.ts';
import { addOptions, type OptionTable } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';
import { labelsReport } from '../report/labels-report.ts';
import type { World } from '../world.ts';
import { addJsonOption } from './command.ts';

const table: OptionTable<LabelExportRequest> = {
  workspace: {
    flags: '--workspace <folder>',
    help: 'the folder of projects, not open in a window meanwhile',
  },
  project: { flags: '--project <name>', help: 'the project' },
  format: {
    flags: '--format <name>',
    help: 'masks as indexed PNG, COCO, GeoTIFF, GeoJSON or GeoPackage polygons, NIfTI or DICOM segmentation; the classes of each image as CSV',
  },
  which: { flags: '--which <masks>', help: 'every mask, or those that are marked as done' },
  out: {
    flags: '--out <folder>',
    help: 'where the files go; where it has files, into a new folder in it',
  },
};

const options = { schema: labelExportRequest, table };

/** `labels export`: labels of a project as files of the field. */
export function addLabels(program: Command, world: World): void {
  const labels = program
    .command('labels')
    .description('take labels out of a project: labels export [options]');
  const command = labels
    .command('export')
    .summary('write masks or classes of a project in a format of other tools')
    .description(
      'Writes the labels of a project: nothing that lies in the folder is replaced, the images are neither ' +
        'copied nor changed, and of a patient nothing is written. Images whose labels do not fit the format ' +
        'are listed with the reason; where that is every image, nothing is written and the command fails. Ctrl-C leaves whole files.',
    )
    .usage('--workspace <folder> --project <name> --format <name> --out <folder> [options]')
    .action(async (values: OptionValues) => {
      const json = values.json === true;
      const request = readRequest(options, values);
      await runJob(world, {
        json,
        // For programs the result alone: it lists every file.
        work: (context) =>
          world.engine.exportLabels(
            request,
            json ? { ...context, report: () => undefined } : context,
          ),
        report: labelsReport,
        skipped: ({ leftOut }) => leftOut,
      });
    });
  addJsonOption(addOptions(command, options));
}
