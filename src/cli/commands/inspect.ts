import type { Command } from 'commander';
import { z } from 'zod';
import { teacherOverrides } from '../../contract/jobs.ts';
import { runJob, writeResult } from '../job.ts';
import { addOptions } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';
import { devicesReport } from '../report/devices-report.ts';
import { imageReport } from '../report/image-report.ts';
import { teacherReport } from '../report/teacher-report.ts';
import type { World } from '../world.ts';
import { addCatalogue } from './catalogue.ts';
import { addCommand, addJsonOption } from './command.ts';
import { overrideOptions } from './teacher-options.ts';

const devicesRequest = z.strictObject({ threads: z.int().min(1).max(256).optional() });

/** `teacher inspect`: what a checkpoint holds. */
export function addTeacher(program: Command, world: World): void {
  const teacher = program
    .command('teacher')
    .description('look into a teacher: teacher inspect <file>');
  const options = { schema: teacherOverrides, table: overrideOptions };
  const inspect = teacher
    .command('inspect')
    .summary('say what a checkpoint holds and which students it could teach')
    .description(
      'Reads a checkpoint, says what kind of vision transformer it is, what the file leaves open, and how ' +
        'large a student would be at each skip factor. Nothing is changed.',
    )
    .argument('<file>', 'the checkpoint, in safetensors')
    .action(async (file: string, values: OptionValues) => {
      const description = await world.engine.inspectTeacher(file, readRequest(options, values));
      writeResult(world, values.json === true, description, teacherReport);
    });
  addJsonOption(addOptions(inspect, options));
  addCatalogue(teacher, world);
}

/** `image inspect`: what an image file holds. */
export function addImage(program: Command, world: World): void {
  const image = program
    .command('image')
    .description('look into an image file: image inspect <file>');
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
