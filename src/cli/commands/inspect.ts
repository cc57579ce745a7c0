import type { Command } from 'commander';
import { z } from 'zod';
import { runJob, writeResult } from '../job.ts';
import { devicesReport } from '../report/devices-report.ts';
import { imageReport } from '../report/image-report.ts';
import type { World } from '../world.ts';
import { addCommand, addJsonOption } from './command.ts';

const devicesRequest = z.strictObject({ threads: z.int().min(1).max(256).optional() });

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
