import process from 'node:process';
import type { Answer, EngineMessage, EngineRequest } from '../../contract/app.ts';

// An engine for tests of its host: its reaction to a request depends only on the method. With the argument `dead` it
// exits at once, with `unfit` it reports why before it exits, with `mute` it never ends when asked to.

const manner = process.argv.at(-1);

if (manner === 'dead') {
  process.stderr.write('no database here\n');
  process.exit(3);
}

if (manner === 'unfit') {
  const error = { code: 'version', message: 'Its projects are from a later version.' };
  send({ kind: 'event', name: 'engine.state', content: { state: 'failed', error } });
  process.disconnect();
  process.exit(2);
}

process.on('message', (message: EngineRequest) => {
  if (message.kind === 'shutdown') {
    if (manner !== 'mute') process.exit(0);
  } else if (message.kind === 'ping') {
    send({ kind: 'pong' });
  } else if (message.kind === 'abort') {
    respond(message.id, { ok: false, error: { code: 'cancelled', message: 'Stopped.' } });
  } else {
    serve(message);
  }
});

// Delayed, so that requests arrive before it is ready.
setTimeout(() => {
  send({ kind: 'event', name: 'engine.state', content: { state: 'ready', error: null } });
}, 50);

function serve({ id, method, params }: EngineRequest & { kind: 'request' }): void {
  if (method === 'workspace.status') {
    respond(id, { ok: true, value: process.pid });
  } else if (method === 'image.picture') {
    respond(id, { ok: true, value: new Uint8Array([1, 2, 3]) });
  } else if (method === 'project.update') {
    respond(id, { ok: true, value: params });
    send({ kind: 'event', name: 'project.changed', content: { project: 1 } });
  } else if (method === 'project.sample') {
    process.stderr.write('its last words\n');
    process.exit(1);
  }
  // Any other request is never answered, unless aborted.
}

function respond(id: number, answer: Answer<unknown>): void {
  send({ kind: 'response', id, answer });
}

function send(message: EngineMessage): void {
  process.send?.(message);
}
