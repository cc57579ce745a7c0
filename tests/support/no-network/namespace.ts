import { spawn } from 'node:child_process';
import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { isForbidden, nameContact, readPacket } from './packets.ts';
import type { Contact } from './packets.ts';

// Programs in a network namespace of their own (Linux), where every packet is recorded: the proof that Understudy
// asks no name server and connects to nothing outside this computer. See docs/adr/0029-zero-network.md.

/**
 * Names the file of packets to programs inside, so that they can read it themselves; see `forbiddenContacts`.
 */
export const packetsVariable = 'UNDERSTUDY_TEST_PACKETS';

export interface Namespace {
  /** Variables for programs started in it. */
  readonly env: Readonly<Record<string, string>>;
  /** File of the packets so far. */
  readonly packets: string;
  /** Starts a program in it. */
  start(program: string, args: readonly string[], options?: SpawnOptions): ChildProcess;
  close(): Promise<void>;
}

/**
 * Makes a namespace whose only network devices are loopback and one that leads nowhere.
 *
 * @throws Error with the reason if this system does not permit that, or lacks `ip`, `unshare`, `nsenter` or Perl
 */
export async function openNamespace(): Promise<Namespace> {
  if (process.platform !== 'linux') throw new Error('network namespaces are a feature of Linux');
  const folder = await mkdtemp(join(tmpdir(), 'understudy-namespace-'));
  const packets = join(folder, 'packets');
  await writeFile(
    join(folder, 'resolv.conf'),
    'nameserver 8.8.8.8\noptions timeout:1 attempts:1\n',
  );
  await writeFile(join(folder, 'nsswitch.conf'), 'passwd: files\ngroup: files\nhosts: files dns\n');
  const isRoot = process.getuid?.() === 0;
  const holder = spawn(
    'unshare',
    [
      ...(isRoot ? [] : ['--user', '--map-current-user', '--keep-caps']),
      ...['--net', '--mount', 'sh', join(import.meta.dirname, 'set-up.sh'), folder],
      join(import.meta.dirname, 'watch.pl'),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  let complaint = '';
  holder.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
  const ended = new Promise<string>((resolve) => {
    holder.once('error', (error) => {
      resolve(error.message);
    });
    holder.once('close', () => {
      resolve(complaint.trim().split('\n')[0] ?? '');
    });
  });
  const first = await Promise.race([once(holder.stdout, 'data'), ended]);
  if (typeof first === 'string') {
    await rm(folder, { recursive: true, force: true });
    throw new Error(first === '' ? 'unshare ended without a word' : first);
  }
  const kept = createWriteStream(packets);
  await once(kept, 'open');
  holder.stdout.pipe(kept);
  // Neither may prevent the tests from ending, and the namespace ends with this process, because its input closes.
  holder.unref();
  for (const stream of [holder.stdin, holder.stdout, holder.stderr]) {
    (stream as unknown as { unref(): void }).unref();
  }
  const enter = [
    ...['--target', String(holder.pid), '--net', '--mount'],
    ...(isRoot ? [] : ['--user', '--preserve-credentials']),
  ];
  const env = { [packetsVariable]: packets };
  return {
    env,
    packets,
    start: (program, args, options = {}) => {
      // Otherwise the mount namespace would begin at its root.
      const from = `--wd=${String(options.cwd ?? process.cwd())}`;
      return spawn('nsenter', [...enter, from, '--', program, ...args], {
        ...options,
        env: { ...(options.env ?? process.env), ...env },
      });
    },
    close: async () => {
      holder.ref();
      holder.stdin.end();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Returns the namespace, or null after the reason was printed: then nothing is proven on this system. */
export async function namespaceIfPermitted(what: string): Promise<Namespace | null> {
  try {
    return await openNamespace();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `Without a network namespace (${reason}), this run does not prove that ${what}.\n`,
    );
    return null;
  }
}

/** A documentation address (RFC 5737), port 9: the packet that shows that the watcher is running. */
const marker = { address: '192.0.2.9', port: 9 } as const;

/**
 * Describes every contact so far that is outside this computer or asks a name server, each once. Must be called
 * inside the namespace: it sends a packet that the watcher must record, because the silence of a dead watcher proves
 * nothing.
 *
 * @param packets file of packets, as the namespace names it
 * @throws Error if the watcher does not record that packet within ten seconds
 */
export async function forbiddenContacts(packets: string): Promise<string[]> {
  return inWords((await contactsSoFar(packets)).filter(isForbidden));
}

/** Like `forbiddenContacts`, but describes every contact, including those with a server on loopback. */
export async function allContacts(packets: string): Promise<string[]> {
  return inWords(await contactsSoFar(packets));
}

function inWords(contacts: readonly Contact[]): string[] {
  return [...new Set(contacts.map(nameContact))];
}

async function contactsSoFar(packets: string): Promise<Contact[]> {
  const before = (await contactsIn(packets)).filter(isMarker).length;
  const socket = createSocket('udp4');
  await new Promise<void>((resolve, reject) => {
    socket.send('awake', marker.port, marker.address, (error) => {
      if (error === null) resolve();
      else reject(error);
    });
  });
  socket.close();
  for (let tries = 0; tries < 200; tries++) {
    const contacts = await contactsIn(packets);
    if (contacts.filter(isMarker).length > before) {
      return contacts.filter((contact) => !isMarker(contact));
    }
    await wait(50);
  }
  throw new Error('The watcher of the network namespace does not see packets any more.');
}

function isMarker({ address, port }: Contact): boolean {
  return address === marker.address && port === marker.port;
}

async function contactsIn(packets: string): Promise<Contact[]> {
  const text = await readFile(packets, 'utf8');
  // Its last line may be incomplete.
  const lines = text.split('\n').slice(0, -1);
  return lines.map(readPacket).filter((contact) => contact !== null);
}
