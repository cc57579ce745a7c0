import type { Command } from 'commander';
import { type LabelExportRequest, labelExportRequest } from '../../contract/label-export.ts';
import { isPartly } from '../../contract/results.ts';
import { runJob } from '../job.ts';
import { addOptions, type OptionTable } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';
import { labelsReport } from '../report/labels-report.ts';
import type { Environment } from '../environment.ts';
import { addJsonOption } from './command.ts';

const table: OptionTable<LabelExportRequest> = {
  workspace: {
    flags: '--workspace <folder>',
    help: "the window's workspace, the folder with its projects; close the window first",
  },
  project: { flags: '--project <name>', help: 'name of the project' },
  format: {
    flags: '--format <name>',
    help: 'format of the files: masks as indexed PNG, COCO, GeoTIFF, GeoJSON or GeoPackage polygons, NIfTI or DICOM segmentation; or the classes of each image as CSV',
  },
  which: {
    flags: '--which <masks>',
    help: 'all: every mask; done: only masks marked as done',
  },
  out: {
    flags: '--out <folder>',
    help: 'folder for the files; if it is not empty, they are written into a new folder inside it',
  },
};

const options = { schema: labelExportRequest, table };

/** `labels export`: labels of a project in common file formats. */
export function addLabels(program: Command, environment: Environment): void {
  const labels = program
    .command('labels')
    .summary('export the labels of a project (labels --help)')
    .description('Exports the labels of a project.');
  const command = labels
    .command('export')
    .summary('export masks or classes of a project in a format for other tools')
    .description(
      'Writes the labels of a project to files. No existing file is replaced, images are neither ' +
        'copied nor changed, and no patient data is written. Images whose labels do not fit the format ' +
        'are listed with the reason; if no image fits, nothing is written and the command fails. ' +
        'After Ctrl-C, the files already written are complete.',
    )
    .usage('--workspace <folder> --project <name> --format <name> --out <folder> [options]')
    .action(async (values: OptionValues) => {
      const json = values.json === true;
      const request = readRequest(options, values);
      await runJob(environment, {
        json,
        // With --json, only the result is written: it lists every file.
        work: (context) =>
          environment.engine.exportLabels(
            request,
            json ? { ...context, report: () => undefined } : context,
          ),
        report: labelsReport,
        skipped: ({ leftOut }) => leftOut,
        isPartly: ({ leftOut }) => isPartly(leftOut),
      });
    });
  addJsonOption(addOptions(command, options), 'result');
}
