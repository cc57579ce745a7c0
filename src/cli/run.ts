import { type Command, CommanderError } from 'commander';
import { firstLine, withoutTrace } from '../contract/failure-text.ts';
import { UserError } from '../engine/errors.ts';
import { commonText } from '../text/index.ts';
import { PartlyDone } from './job.ts';
import { stylesFor } from './text-styles.ts';
import { buildProgram } from './program.ts';
import { exitCodes, fitted, type Environment } from './environment.ts';

/** Message of a failed run. */
interface Failure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  /** Further advice, for users; not in the JSON. */
  readonly more: string;
}

/** Runs one command line, without the program's name, and returns the exit code. */
export async function runCommandLine(
  argv: readonly string[],
  environment: Environment,
): Promise<number> {
  const program = buildProgram(environment);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    if (error instanceof PartlyDone) return exitCodes.partly;
    const failure = describe(error, program, argv, environment);
    // The work stopped because no reader is left: a message would reach no user.
    if (failure.code === 'cancelled' && environment.readerGone.aborted) return exitCodes.readerGone;
    writeFailure(failure, argv, environment);
    return failure.exitCode;
  }
}

function describe(
  error: unknown,
  program: Command,
  argv: readonly string[],
  { env }: Environment,
): Failure {
  const debug = (env.UNDERSTUDY_DEBUG ?? '') !== '';
  const hint = `See ${commandName(program, argv)} --help.`;
  if (error instanceof CommanderError) {
    return { exitCode: exitCodes.usage, ...usageProblem(error), more: hint };
  }
  if (error instanceof UserError) {
    const { code } = error;
    const { message, details: trace } = withoutTrace(error.message);
    const details = [error.details, trace].filter((part) => part !== undefined).join('\n');
    const exitCode = code === 'cancelled' ? exitCodes.cancelled : exitCodes.usage;
    const more = [code === 'invalid-option' ? hint : '', debug ? details : ''];
    return { exitCode, code, message, more: more.filter((text) => text !== '').join('\n') };
  }
  const whole = error instanceof Error ? error.message : String(error);
  const { message } = firstLine(whole);
  const stack = error instanceof Error ? (error.stack ?? whole) : whole;
  return {
    exitCode: exitCodes.defect,
    code: 'defect',
    message: commonText.defect(message),
    more: debug ? stack : 'Set UNDERSTUDY_DEBUG=1 to show where, and please report this error.',
  };
}

function usageProblem(error: CommanderError): Pick<Failure, 'code' | 'message'> {
  const code = 'invalid-option';
  if (error.code === 'commander.help') return { code, message: 'No command was given.' };
  // "error: unknown option '--rnak'\n(Did you mean --rank?)"
  const text = error.message.replace(/^error: /, '');
  const [problem = '', ...suggestions] = text.replace(/\.$/, '').split('\n');
  const sentence = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`;
  return { code, message: [sentence, ...suggestions].join(' ') };
}

/** Name of the innermost command that `argv` names: `understudy teacher`. */
function commandName(program: Command, argv: readonly string[]): string {
  let command = program;
  const names = [program.name()];
  for (const word of argv) {
    const next = command.commands.find((candidate) => candidate.name() === word);
    if (next === undefined) break;
    command = next;
    names.push(word);
  }
  return names.join(' ');
}

function writeFailure(
  { code, message, more }: Failure,
  argv: readonly string[],
  environment: Environment,
): void {
  if (argv.includes('--json')) {
    environment.stdout.write(
      `${JSON.stringify({ error: { code, message: message.replaceAll('\n', ' ') } })}\n`,
    );
  }
  const paint = stylesFor(environment.stderr, environment.env);
  const sentence = fitted(message, environment.stderr);
  environment.stderr.write(`${paint.attention(sentence)}\n${more === '' ? '' : `${more}\n`}`);
}
