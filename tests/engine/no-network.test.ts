import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildProgram } from '../../src/cli/program.ts';
import { MemoryOutput } from '../../src/cli/testing/memory-output.ts';
import { refusing } from '../../src/cli/testing/test-environment.ts';
import { namespaceIfPermitted } from '../support/no-network/namespace.ts';
import { temporaryFolder, writeImages, writeTinyTeacher } from './support.ts';

// Each command of the command line in a network namespace where every packet is recorded
// (docs/adr/0029-zero-network.md).

const namespace = await namespaceIfPermitted('the command line contacts nothing');
afterAll(() => namespace?.close());

const root = join(import.meta.dirname, '..', '..');
const contactsScript = join(root, 'tests', 'support', 'no-network', 'contacts.ts');

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

function start(args: readonly string[], cwd = root) {
  if (namespace === null) throw new Error('there is no namespace');
  const env = { ...process.env, HF_ENDPOINT: undefined, HTTPS_PROXY: undefined };
  const child = namespace.start(process.execPath, args, { stdio: 'pipe', cwd, env });
  if (child.stdout === null || child.stderr === null) throw new Error('its output is not piped');
  const { stdout, stderr } = child;
  const ended = Promise.all([once(child, 'exit'), text(stdout), text(stderr)]).then(
    ([, output, complaint]): Ended => ({ code: child.exitCode, output: output + complaint }),
  );
  return { child, stderr, ended };
}

/** Contacts since the previous call. */
let known = { forbidden: [] as string[], all: [] as string[] };
async function newContacts(): Promise<typeof known> {
  const { output } = await start([contactsScript]).ended;
  const found = JSON.parse(output) as typeof known;
  const added = {
    forbidden: found.forbidden.filter((contact) => !known.forbidden.includes(contact)),
    all: found.all.filter((contact) => !known.all.includes(contact)),
  };
  known = found;
  return added;
}

/** Commands without commands of their own, `teacher inspect` for example. */
function leaves(command: Command, path: readonly string[] = []): string[] {
  return command.commands.flatMap((one) => {
    const named = [...path, one.name()];
    return one.commands.length === 0 ? [named.join(' ')] : leaves(one, named);
  });
}

describe.skipIf(namespace === null)('with every network packet recorded', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await temporaryFolder();
    await writeImages(join(folder, 'images'), 4, 1);
    await writeTinyTeacher(join(folder, 'teacher.safetensors'));
  });

  test('every kind of contact is recorded', async () => {
    const script = `
      const net = require('node:net'), dgram = require('node:dgram');
      for (const [port, host] of [[443, '198.51.100.7'], [8443, '2001:db8::7'], [8000, '127.0.0.1']]) {
        const socket = net.connect(port, host).on('error', () => undefined);
        setTimeout(() => socket.destroy(), 200);
      }
      for (const [port, host] of [[3478, '203.0.113.5'], [5353, '224.0.0.251'], [3478, '127.0.0.1']]) {
        const socket = dgram.createSocket('udp4');
        socket.send('x', port, host, () => socket.close());
      }
      fetch('https://fetched.example/').catch(() => undefined);
      require('node:dns').resolveTxt('resolved.example', () => undefined);
      setTimeout(() => process.exit(), 1500);`;
    expect(await start(['-e', script]).ended).toMatchObject({ code: 0 });
    const { forbidden, all } = await newContacts();
    const outside = [
      'TCP 198.51.100.7:443',
      'TCP [2001:db8::7]:8443',
      'UDP 127.0.0.1:3478',
      'UDP 203.0.113.5:3478',
      'UDP 224.0.0.251:5353',
      'UDP 8.8.8.8:53, asking for fetched.example',
      'UDP 8.8.8.8:53, asking for resolved.example',
    ];
    expect(forbidden.toSorted()).toEqual(outside);
    expect(all).toContain('TCP 127.0.0.1:8000');
  });

  /** Commands in an order in which each finds its inputs; paths are within the folder. */
  const cases: Readonly<Record<string, string>> = {
    'teacher inspect': 'teacher.safetensors',
    'teacher catalogue': '',
    'teacher import': 'teacher.safetensors --workspace projects',
    'teacher list': '--workspace projects',
    sample: '--set cells --out sample --per-class 2',
    'image inspect': 'images/red/0.png',
    import: 'images --workspace projects --project Colours',
    'image locate': 'images --workspace projects --project Colours',
    'labels export': '--workspace projects --project Colours --format csv --out labels',
    distill: '--teacher teacher.safetensors --images images --out student --steps 2 --views 2',
    evaluate: '--model student/student.onnx --images images',
    predict: '--model student/student.onnx --images images --out answers',
    devices: '',
  };
  /** Tested separately: one downloads on request, the other would take minutes. */
  const apart = ['teacher fetch', 'demo'];

  test('every command is tested', () => {
    const program = buildProgram({
      ...{ engine: refusing, version: '', env: {}, signals: new EventEmitter() },
      ...{ stdout: new MemoryOutput(), stderr: new MemoryOutput() },
      readerGone: new AbortController().signal,
      now: () => 0,
      exit: () => undefined,
      stopHeard: () => undefined,
    });
    const commands = leaves(program).filter((name) => name !== 'help');
    expect(commands.toSorted()).toEqual([...Object.keys(cases), ...apart].toSorted());
  });

  const cli = (command: string): ReturnType<typeof start> =>
    start(
      [join(root, 'src', 'cli', 'main.ts'), ...command.split(' ').filter((word) => word !== '')],
      folder,
    );
  const isOutside = async (): Promise<string[]> => (await newContacts()).all;

  test('no command uses the network', async () => {
    // It would take minutes: it is stopped after it has generated the images and begun to distil.
    const demo = cli('demo');
    let said = '';
    demo.stderr.on('data', function stop(chunk: Buffer) {
      said += chunk.toString();
      if (!/Drawing[^]*\n(?!Drawing)\S/.test(said)) return;
      demo.stderr.removeListener('data', stop);
      demo.child.kill('SIGINT');
    });
    for (const [command, args] of Object.entries(cases)) {
      const { code, output } = await cli(`${command} ${args}`).ended;
      expect(code, `${command}: ${output}`).toBe(0);
    }
    expect(await demo.ended).toMatchObject({ code: 130 });
    expect(await isOutside()).toEqual([]);
  });

  test('teacher fetch contacts only the given server', async () => {
    const toMirror = cli(
      'teacher fetch dinov2-small --out mirrored --mirror http://127.0.0.1:8321',
    );
    await expect.poll(isOutside).toEqual(['TCP 127.0.0.1:8321']);
    toMirror.child.kill('SIGINT');
    expect(await toMirror.ended).toMatchObject({ code: 130 });
    const toSource = cli('teacher fetch dinov2-small --out fetched');
    await expect.poll(isOutside).toEqual(['UDP 8.8.8.8:53, asking for huggingface.co']);
    toSource.child.kill('SIGINT');
    expect(await toSource.ended).toMatchObject({ code: 130 });
    expect(await isOutside()).toEqual([]);
  });
});
