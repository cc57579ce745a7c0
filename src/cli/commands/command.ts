import type { Command } from 'commander';
import type { z } from 'zod';
import { UserError } from '../../engine/errors.ts';
import { addOptions, type Options, optionValueName } from '../options/option-table.ts';
import { type OptionValues, readRequest } from '../options/read-request.ts';

/** A command of the program. */
export interface CommandSpec<Schema extends z.ZodType> extends Options<Schema> {
  readonly name: string;
  /** Summary in one line, for the list of commands. */
  readonly summary: string;
  readonly description: string;
  /** Required arguments. */
  readonly usage: string;
  /** What `--json` writes: everything by default. */
  readonly json?: keyof typeof jsonHelp;
  /** Text below the options. */
  readonly footer?: string;
  /** Returns a sentence for each option that contradicts the others. */
  refusals?(request: z.output<Schema>, isGiven: IsGiven): readonly string[];
  run(request: z.output<Schema>, json: boolean): Promise<void>;
}

/** Returns true if a property of the request, `outer.inner`, was given on the command line. */
export type IsGiven = (path: string) => boolean;

/** Adds a command whose options form one request. */
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
      const request = readRequest(spec, values);
      requireNone(spec.refusals?.(request, given(spec, values)) ?? []);
      await spec.run(request, values.json === true);
    });
  addJsonOption(addOptions(command, spec), spec.json);
  if (spec.footer !== undefined) command.addHelpText('after', `\n${spec.footer}`);
}

function given({ table }: Options<z.ZodType>, values: OptionValues): IsGiven {
  return (path) => {
    const spec = table[path];
    return spec !== undefined && values[optionValueName(spec)] !== undefined;
  };
}

function requireNone(refusals: readonly string[]): void {
  if (refusals.length > 0) throw new UserError('invalid-option', refusals.join('\n'));
}

/** Help on `--json`, by what it writes. */
const jsonHelp = {
  result: 'write the result as a line of JSON, for other programs',
  everything: 'write progress and result as lines of JSON, for other programs',
};

export function addJsonOption(
  command: Command,
  written: keyof typeof jsonHelp = 'everything',
): Command {
  return command.option('--json', jsonHelp[written]);
}
