import { type Command, CommanderError } from 'commander';
import { firstLine, withoutTrace } from '../contract/failure-text.ts';
import { UserError } from '../engine/errors.ts';
import { paintFor } from './paint.ts';
import { buildProgram } from './program.ts';
import { exitCodes, fitted, type World } from './world.ts';

/** What is said of a run that failed. */
interface Failure {
  readonly exitCode: number;
  readonly code: string;
  readonly message: string;
  /** What else helps; for people only. */
  readonly more: string;
}

/** Runs one command line, without the program's name, and returns the exit code. */
export async function run(argv: readonly string[], world: World): Promise<number> {
  const program = buildProgram(world);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCodes.done;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.done;
    const failure = describe(error, program, argv, world);
    // Nobody reads any more: that is why the work was stopped, and nothing need be said.
    if (failure.code === 'cancelled' && world.readerGone.aborted) return exitCodes.readerGone;
    writeFailure(failure, argv, world);
    return failure.exitCode;
  }
}

function describe(
  error: unknown,
  program: Command,
  argv: readonly string[],
  { env }: World,
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
    message: `Something went wrong inside Understudy: ${message}`,
    more: debug ? stack : 'Set UNDERSTUDY_DEBUG=1 to see where, and please report it.',
  };
}

function usageProblem(error: CommanderError): Pick<Failure, 'code' | 'message'> {
  const code = 'invalid-option';
  if (error.code === 'commander.help') return { code, message: 'Name a command.' };
  // "error: unknown option '--rnak'\n(Did you mean --rank?)"
  const text = error.message.replace(/^error: /, '');
  const [problem = '', ...suggestions] = text.replace(/\.$/, '').split('\n');
  const sentence = `${problem.charAt(0).toUpperCase()}${problem.slice(1)}.`;
  return { code, message: [sentence, ...suggestions].join(' ') };
}

/** The command that was meant, as far as it was found: `understudy teacher`. */
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
  world: World,
): void {
  if (argv.includes('--json')) {
    world.stdout.write(
      `${JSON.stringify({ error: { code, message: message.replaceAll('\n', ' ') } })}\n`,
    );
  }
  const paint = paintFor(world.stderr, world.env);
  const sentence = fitted(message, world.stderr);
  world.stderr.write(`${paint.attention(sentence)}\n${more === '' ? '' : `${more}\n`}`);
}
