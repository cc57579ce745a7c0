import type { Command } from 'commander';
import { z } from 'zod';
import { teacherOverrides } from '../../contract/jobs.ts';
import { teacherImportRequest } from '../../contract/teacher-job.ts';
import { runJob, writeResult } from '../job.ts';
import { addOptions, type OptionTable } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';
import { teacherImportReport, teacherListReport } from '../report/teacher-list-report.ts';
import { teacherReport } from '../report/teacher-report.ts';
import type { World } from '../world.ts';
import { addCatalogue } from './catalogue.ts';
import { addJsonOption } from './command.ts';
import { overrideOptions } from './teacher-options.ts';

const file =
  'the checkpoint: safetensors, a checkpoint of PyTorch, the index of several files, or a folder with one';

/** `teacher inspect`, `import`, `list`, `catalogue` and `fetch`. */
export function addTeacher(program: Command, world: World): void {
  const teacher = program
    .command('teacher')
    .description('look into teachers and bring them into a workspace: teacher inspect <file>');
  addInspect(teacher, world);
  addImport(teacher, world);
  addList(teacher, world);
  addCatalogue(teacher, world);
}

/** What a checkpoint holds. */
function addInspect(teacher: Command, world: World): void {
  const options = { schema: teacherOverrides, table: overrideOptions };
  const inspect = teacher
    .command('inspect')
    .summary('say what a checkpoint holds and which students it could teach')
    .description(
      'Reads a checkpoint and what lies beside it (config.json, preprocessor_config.json), says what kind of ' +
        'vision transformer it is, what was inferred and how surely, and how large a student would be at each ' +
        'skip factor. Nothing is changed.',
    )
    .argument('<file>', file)
    .action(async (path: string, values: OptionValues) => {
      const description = await world.engine.inspectTeacher(path, readRequest(options, values));
      writeResult(world, values.json === true, description, teacherReport);
    });
  addJsonOption(addOptions(inspect, options));
}

const workspaceOption = {
  flags: '--workspace <folder>',
  help: 'the folder of projects, not open in a window meanwhile',
} as const;

/** A teacher into a workspace. */
function addImport(teacher: Command, world: World): void {
  const schema = teacherImportRequest.omit({ file: true });
  const table: OptionTable<z.infer<typeof schema>> = {
    workspace: workspaceOption,
    ...overrideOptions,
  };
  const options = { schema, table };
  const command = teacher
    .command('import')
    .summary('bring a teacher into a workspace of the window')
    .description(
      'Does what the window does with a teacher: reads it as it is meant, tries it on a few drawn images, and puts ' +
        'it among the teachers of a workspace. The file stays where it lies. The same file again changes what is ' +
        'known of it; runs that are begun afterwards read it so.',
    )
    .usage('<file> --workspace <folder> [options]')
    .argument('<file>', file)
    .action(async (path: string, values: OptionValues) => {
      const request = teacherImportRequest.parse({ file: path, ...readRequest(options, values) });
      await runJob(world, {
        json: values.json === true,
        work: (context) => world.engine.importTeacher(request, context),
        report: teacherImportReport,
        skipped: () => [],
      });
    });
  addJsonOption(addOptions(command, options));
}

/** The teachers of a workspace. */
function addList(teacher: Command, world: World): void {
  const schema = z.strictObject({ workspace: teacherImportRequest.shape.workspace });
  const options = { schema, table: { workspace: workspaceOption } };
  const command = teacher
    .command('list')
    .summary('say which teachers a workspace has')
    .description(
      'Lists the teachers of a workspace, with what was inferred of each. Nothing is changed.',
    )
    .usage('--workspace <folder> [options]')
    .action(async (values: OptionValues) => {
      const { workspace } = readRequest(options, values);
      const list = await world.engine.listTeachers(workspace);
      writeResult(world, values.json === true, list, teacherListReport);
    });
  addJsonOption(addOptions(command, options));
}
