import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import type { Dialog360Sandbox } from './dialog360/index.ts';
import { createBucket } from './graph/buckets.ts';
import { createTraffic } from './graph/traffic.ts';
import type { GraphWorld } from './graph/world.ts';
import { accounts } from './planfix/accounts.ts';
import type { Account } from './planfix/model.ts';
import type { Sandbox } from './server.ts';

/** Raised when the shape of what is kept changes: a file of another shape is refused, not misread. */
const version = 4;
const saveAfterMs = 1_000;
const mostDeliveries = 5_000;

type SavedAccount = { data: Omit<Account, 'hints' | keyof LiveAccount>; hintTarget: ReturnType<HintTarget> };
type HintTarget = Account['hints']['target'];
/** Parts that cannot be stored, or count real time. */
type LiveAccount = Pick<Account, 'meter' | 'pending' | 'posts' | 'presses' | 'now' | 'schedule' | 'emit'>;

type SavedState = {
  version: number;
  clock: { nowMs: number; skewMs: number; frozen: boolean };
  graph: Omit<GraphWorld, 'core'>;
  /** Webhooks that were not acknowledged yet. */
  deliveries: { appId: string; body: string }[];
  accounts: SavedAccount[];
  hosted: Dialog360Sandbox['hosted'];
};

/**
 * Takes the world over from the file where there is one, and keeps it there: a second after each change, and when the
 * sandbox ends, which is what the answer is for. Faults, the log of requests, measured rates and the bytes of larger files
 * are forgotten.
 *
 * @throws when the file is of another version of the sandbox
 */
export async function keepState(sandbox: Sandbox, file: string): Promise<{ saveAtEnd: () => void }> {
  if (existsSync(file)) await restore(sandbox, readState(file));
  let timer: NodeJS.Timeout | undefined;
  const unsubscribe = sandbox.core.bus.subscribe(() => {
    timer ??= setTimeout(() => {
      timer = undefined;
      writeState(file, takeState(sandbox));
    }, saveAfterMs);
  });
  return {
    saveAtEnd: () => {
      // What is applied below says so, too, and must not be saved once more when all is over.
      unsubscribe();
      clearTimeout(timer);
      applyPending();
      writeState(file, takeState(sandbox));
    },
  };
}

function readState(file: string): SavedState {
  let state: SavedState | undefined;
  try {
    state = deserialize(readFileSync(file)) as SavedState;
  } catch (cause) {
    throw new Error(`${file} is no state of the sandbox; delete it to start afresh`, { cause });
  }
  if (state?.version === version) return state;
  throw new Error(`${file} is of another version of the sandbox; delete it to start afresh`);
}

function writeState(file: string, state: SavedState): void {
  const partial = `${file}.partial`;
  writeFileSync(partial, serialize(state), { mode: 0o600 });
  renameSync(partial, file);
}

function takeState({ core, graph, dialog360 }: Sandbox): SavedState {
  const { core: _core, ...world } = graph.world;
  const pending = graph.deliveries.list(mostDeliveries).filter(({ state }) => state === 'pending');
  return {
    version,
    clock: { nowMs: core.clock.now(), skewMs: core.clock.skewMs(), frozen: core.clock.isFrozen() },
    graph: world,
    hosted: dialog360.hosted,
    deliveries: pending.map(({ appId, body }) => ({ appId, body })).reverse(),
    accounts: [...accounts.values()].map((account) => {
      const { hints, posts: _posts, presses: _presses, meter: _meter, pending: _pending, ...rest } = account;
      const { now: _now, schedule: _schedule, emit: _emit, ...data } = rest;
      return { data, hintTarget: hints.target() };
    }),
  };
}

/** What would have taken effect a little later has to do so now: it is kept as functions. */
function applyPending(): void {
  for (const account of accounts.values()) for (const { apply } of account.pending.splice(0)) apply();
}

async function restore({ server, core, graph, dialog360 }: Sandbox, state: SavedState): Promise<void> {
  const { nowMs, skewMs, frozen } = state.clock;
  if (frozen) core.clock.freeze();
  if (frozen || skewMs !== 0) core.clock.set(frozen ? nowMs : Date.now() + skewMs);
  Object.assign(graph.world, state.graph);
  for (const [apiKey, host] of state.hosted) dialog360.hosted.set(apiKey, host);
  for (const number of graph.world.numbers.values()) {
    // Buckets count on a clock that began anew with this process.
    number.bucket = createBucket();
    number.traffic = createTraffic();
    for (const chat of number.chats.values()) chat.bucket = createBucket();
  }
  for (const media of graph.world.media.values()) {
    // They were in a folder that went with the process.
    if (media.content.kind === 'file') media.content = { kind: 'gone' };
  }
  for (const { data, hintTarget } of state.accounts) {
    const payload = { account: data.name, token: data.token };
    await server.inject({ method: 'POST', url: '/control/planfix/accounts', payload });
    const account = accounts.get(data.name);
    if (account === undefined) throw new Error(`the account ${data.name} was not created`);
    // A setting may have come since.
    Object.assign(account, data, { settings: { ...account.settings, ...data.settings } });
    account.hints.setTarget(hintTarget);
  }
  for (const { appId, body } of state.deliveries) {
    const app = graph.world.apps.get(appId);
    if (app !== undefined) void graph.deliveries.send({ app, body: Buffer.from(body, 'latin1'), redeliver: true });
  }
}
