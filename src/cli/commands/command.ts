import type { Command } from 'commander';
import type { z } from 'zod';
import { addOptions, type Options } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';

/** A command of the program. */
export interface CommandSpec<Schema extends z.ZodType> extends Options<Schema> {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  readonly description: string;
  /** What must be given. */
  readonly usage: string;
  /** Goes below the options. */
  readonly footer?: string;
  run(request: z.output<Schema>, json: boolean): Promise<void>;
}

/** Adds a command whose options make up one request. */
export function addCommand<Schema extends z.ZodType>(
  program: Command,
  spec: CommandSpec<Schema>,
): void {
  const command = program
    .command(spec.name)
    .summary(spec.summary)
    .description(spec.description)
    .usage(spec.usage)
    .action(async (values: OptionValues) => {
      await spec.run(readRequest(spec, values), values.json === true);
    });
  addJsonOption(addOptions(command, spec));
  if (spec.footer !== undefined) command.addHelpText('after', `\n${spec.footer}`);
}

export function addJsonOption(command: Command): Command {
  return command.option('--json', 'write progress and the result as lines of JSON, for programs');
}
