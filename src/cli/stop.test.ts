import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { listenForStop } from './stop.ts';

it('treats signals at the same time as one request, a later one as another', () => {
  const source = new EventEmitter();
  const received: string[] = [];
  let time = 100;
  const stopListening = listenForStop(source, {
    stop: () => received.push('stop'),
    stopNow: () => received.push('now'),
    now: () => time,
  });
  source.emit('SIGINT');
  time = 130;
  source.emit('SIGINT');
  expect(received).toEqual(['stop']);
  time = 700;
  source.emit('SIGTERM');
  expect(received).toEqual(['stop', 'now']);
  stopListening();
  expect(source.eventNames()).toEqual([]);
});

it('stops when the terminal is closed', () => {
  const source = new EventEmitter();
  const received: string[] = [];
  listenForStop(source, {
    stop: () => received.push('stop'),
    stopNow: () => received.push('now'),
    now: () => 0,
  });
  source.emit('SIGHUP');
  expect(received).toEqual(['stop']);
});
