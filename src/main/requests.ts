import { ipcMain } from 'electron';
import type { IpcMainEvent, WebContents } from 'electron';
import { z } from 'zod';
import { downloadSettings, shownDownloads } from '../contract/catalogue.ts';
import { engineMethods, hostMethods, methods } from '../contract/app.ts';
import type { Answer, EngineMethod, MethodName, ShellMethod } from '../contract/app.ts';
import { channels } from '../contract/bridge.ts';
import type { LoginKind, LoginState } from '../contract/logins.ts';
import { requestText, windowRequestText } from '../text/index.ts';
import type { EngineHost } from './engine/engine-host.ts';
import { refusal } from './engine/engine-messages.ts';
import type { LoginKeeper } from './logins.ts';
import { describe } from './log.ts';
import type { Log } from './log.ts';
import { isPage } from './window/page.ts';
import type { SavePlaces } from './save-places.ts';
import { ShellError } from './shell-methods.ts';
import type { ShellHandlers } from './shell-methods.ts';

export interface RequestWorld {
  /** The contents of our window, if it is open. */
  readonly contents: () => WebContents | null;
  readonly engine: EngineHost;
  readonly shell: ShellHandlers;
  /** Paths that the page may have files written to. */
  readonly places: SavePlaces;
  readonly logins: LoginKeeper;
  /** Called after a project was removed: nothing here may name its files any more. */
  readonly projectRemoved: () => void;
  readonly log: Log;
}

const requestId = z.int().nonnegative();
const methodName = z.enum(Object.keys(methods) as [MethodName, ...MethodName[]]);

/**
 * Receives the page's messages. Every message is checked: who sent it, that the method exists, and its parameters
 * against the contract. Errors are returned as values, never as rejections.
 */
export function serveRequests(world: RequestWorld): void {
  const underWay = new Map<number, AbortController>();

  const answered = async (
    event: IpcMainEvent,
    id: unknown,
    method: unknown,
    params: unknown,
  ): Promise<Answer<unknown>> => {
    if (!isOurs(event, world.contents())) return forbidden;
    const parsedId = requestId.safeParse(id);
    if (!parsedId.success) return refusal('invalid-request', windowRequestText.withoutNumber);
    const abort = new AbortController();
    underWay.set(parsedId.data, abort);
    try {
      return await answer(world, method, params, abort.signal);
    } catch (error) {
      world.log.note(`${String(method)}: ${describe(error)}`);
      return refusal('internal', windowRequestText.failed, describe(error));
    } finally {
      // The numbers of a reloaded page start again.
      if (underWay.get(parsedId.data) === abort) underWay.delete(parsedId.data);
    }
  };

  ipcMain.on(
    channels.request,
    (event, page: unknown, id: unknown, method: unknown, params: unknown) => {
      void answered(event, id, method, params).then((given) => {
        reply(event, page, id, given);
      });
    },
  );

  const reply = (event: IpcMainEvent, page: unknown, id: unknown, given: Answer<unknown>): void => {
    // Its page no longer exists, so nothing waits for the answer.
    if (event.sender.isDestroyed() || event.senderFrame === null) return;
    try {
      event.reply(channels.answer, page, id, given);
    } catch (error) {
      world.log.note(`An answer could not be sent to the window: ${describe(error)}`);
    }
  };

  ipcMain.on(channels.abort, (event, id: unknown) => {
    if (isOurs(event, world.contents()) && typeof id === 'number') underWay.get(id)?.abort();
  });
}

async function answer(
  { engine, shell, log, places, logins, projectRemoved }: RequestWorld,
  method: unknown,
  params: unknown,
  signal: AbortSignal,
): Promise<Answer<unknown>> {
  const name = methodName.safeParse(method);
  if (!name.success) return refusal('invalid-request', requestText.unknown);
  const parsed = methods[name.data].params.safeParse(params);
  if (hostMethods.has(name.data)) return forbidden;
  if (!parsed.success) {
    return refusal(
      'invalid-request',
      requestText.invalidParameters(name.data),
      // As long as what was sent.
      z.prettifyError(parsed.error).slice(0, 2000),
    );
  }
  if (isEngineMethod(name.data)) {
    if (!places.allows(name.data, parsed.data))
      return refusal('forbidden', windowRequestText.placeNotChosen);
    const answered = await engine.request(name.data, parsed.data, signal);
    if (name.data === 'project.remove' && answered.ok) projectRemoved();
    return withKeptLogins(name.data, parsed.data, answered, logins);
  }
  try {
    // An entry of the table: its parameters were parsed by its own schema.
    const handle = shell[name.data] as (given: unknown) => Promise<unknown>;
    return { ok: true, value: await handle(parsed.data) };
  } catch (error) {
    if (error instanceof ShellError) return refusal(error.code, error.message);
    log.note(`${name.data}: ${describe(error)}`);
    return refusal('internal', windowRequestText.failed, describe(error));
  }
}

/**
 * Stores a name and a password that the user entered, and states for those shown whether they are stored.
 */
function withKeptLogins(
  method: EngineMethod,
  params: unknown,
  answered: Answer<unknown>,
  keeper: LoginKeeper,
): Answer<unknown> {
  const isOfSettings = method === 'catalogue.settings' || method === 'catalogue.saveSettings';
  const shown = isOfSettings && answered.ok ? shownDownloads.safeParse(answered.value).data : null;
  if (!shown) return answered;
  if (method === 'catalogue.saveSettings') keeper.keepAll(downloadSettings.parse(params));
  const found = keeper.findAll(shown);
  const stateOf = (kind: LoginKind): LoginState =>
    shown.logins[kind] === 'session' && found[kind] !== null ? 'kept' : shown.logins[kind];
  const logins = { mirror: stateOf('mirror'), proxy: stateOf('proxy') };
  return { ok: true, value: { ...shown, logins } };
}

function isEngineMethod(name: EngineMethod | ShellMethod): name is EngineMethod {
  return Object.hasOwn(engineMethods, name);
}

function isOurs(event: IpcMainEvent, contents: WebContents | null): boolean {
  return event.sender === contents && isPage(event.senderFrame);
}

const forbidden = refusal('forbidden', windowRequestText.notAllowed);
