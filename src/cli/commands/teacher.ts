import type { Command } from 'commander';
import { z } from 'zod';
import { teacherOverrides } from '../../contract/jobs.ts';
import { teacherImportRequest } from '../../contract/teacher-job.ts';
import { runJob, writeResult } from '../job.ts';
import { addOptions, type OptionTable } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';
import { teacherImportReport, teacherListReport } from '../report/teacher-list-report.ts';
import { teacherReport } from '../report/teacher-report.ts';
import type { Environment } from '../environment.ts';
import { addCatalogue } from './catalogue.ts';
import { addJsonOption } from './command.ts';
import { overrideOptions } from './teacher-options.ts';

const file =
  'checkpoint: a safetensors or PyTorch file, the index of several files, or a folder with one of these';

/** `teacher inspect`, `import`, `list`, `catalogue` and `fetch`. */
export function addTeacher(program: Command, environment: Environment): void {
  const teacher = program
    .command('teacher')
    .summary('inspect, list, download and import teachers (teacher --help)')
    .description('Describes, lists, downloads and imports teachers: large vision transformers.');
  addInspect(teacher, environment);
  addImport(teacher, environment);
  addList(teacher, environment);
  addCatalogue(teacher, environment);
}

/** Adds the command that describes a checkpoint. */
function addInspect(teacher: Command, environment: Environment): void {
  const options = { schema: teacherOverrides, table: overrideOptions };
  const inspect = teacher
    .command('inspect')
    .usage('<file> [options]')
    .summary('describe a checkpoint and the students that can be made from it')
    .description(
      'Reads a checkpoint and the files next to it (config.json, preprocessor_config.json), and prints its kind of ' +
        'vision transformer, its properties and how certain they are, and the size of the student for each skip ' +
        'factor. No file is changed.',
    )
    .argument('<file>', file)
    .action(async (path: string, values: OptionValues) => {
      const description = await environment.engine.inspectTeacher(
        path,
        readRequest(options, values),
      );
      writeResult(environment, values.json === true, description, teacherReport);
    });
  addJsonOption(addOptions(inspect, options), 'result');
}

const workspaceOption = {
  flags: '--workspace <folder>',
  help: "the window's workspace, the folder with its projects; close the window first",
} as const;

/** Adds the command that imports a teacher into a workspace. */
function addImport(teacher: Command, environment: Environment): void {
  const schema = teacherImportRequest.omit({ file: true });
  const table: OptionTable<z.infer<typeof schema>> = {
    workspace: workspaceOption,
    ...overrideOptions,
  };
  const options = { schema, table };
  const command = teacher
    .command('import')
    .summary('add a teacher to a workspace')
    .description(
      'Adds a teacher to a workspace, as the window does: reads it with the given options, tests it on a few drawn ' +
        'images, and stores its properties. The file stays where it is. Importing the same file again replaces the ' +
        'stored properties for later runs.',
    )
    .usage('<file> --workspace <folder> [options]')
    .argument('<file>', file)
    .action(async (path: string, values: OptionValues) => {
      const request = teacherImportRequest.parse({ file: path, ...readRequest(options, values) });
      await runJob(environment, {
        json: values.json === true,
        work: (context) => environment.engine.importTeacher(request, context),
        report: teacherImportReport,
        skipped: () => [],
      });
    });
  addJsonOption(addOptions(command, options));
}

/** Adds the command that lists the teachers of a workspace. */
function addList(teacher: Command, environment: Environment): void {
  const schema = z.strictObject({ workspace: teacherImportRequest.shape.workspace });
  const options = { schema, table: { workspace: workspaceOption } };
  const command = teacher
    .command('list')
    .summary('list the teachers of a workspace')
    .description(
      'Lists the teachers of a workspace, and which of their properties are guesses. Nothing is changed.',
    )
    .usage('--workspace <folder> [options]')
    .action(async (values: OptionValues) => {
      const { workspace } = readRequest(options, values);
      const list = await environment.engine.listTeachers(workspace);
      writeResult(environment, values.json === true, list, teacherListReport);
    });
  addJsonOption(addOptions(command, options), 'result');
}
