import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { LiveActivities } from '../../activities/index.ts';
import { NAMESPACE, type RunningTemporal, startTemporal } from '../../dev/temporal-server.ts';
import { CONVERSATIONS_QUEUE } from '../../workflows/domain/ids.ts';
import { laneDueSignal } from '../../workflows/messages.ts';
import { conversationStart } from '../../workflows/starts.ts';
import { temporalCli } from '../support/temporal.ts';
import { testWorkflowBundle } from '../support/workflow-bundle.ts';

/** A turn is six events; a server suggests a new run at 4,096 of them unless told otherwise. */
const SUGGESTED_AT_EVENTS = 120;
const TURNS = 50;

let server: RunningTemporal;
let connection: Connection;
let native: NativeConnection;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  server = await startTemporal({
    cli: await temporalCli(),
    dynamicConfig: { 'limit.historyCount.suggestContinueAsNew': SUGGESTED_AT_EVENTS },
  });
  connection = await Connection.connect({ address: server.address });
  native = await NativeConnection.connect({ address: server.address });
});

afterAll(async () => {
  await connection?.close();
  await native?.close();
  await server?.stop();
});

/** Runs a conversation that is busy for that many turns while its other lane waits an hour, and lists its runs' ends. */
async function runBusyConversation(turns: number) {
  const seen = { toPlanfix: 0, toCustomer: 0 };
  const activities: Partial<LiveActivities> = {
    postToPlanfix: async () => {
      seen.toPlanfix += 1;
      return seen.toPlanfix < turns ? { kind: 'not-before', waitMs: 0 } : { kind: 'done' };
    },
    sendToCustomer: async () => {
      seen.toCustomer += 1;
      return seen.toPlanfix < turns ? { kind: 'not-before', waitMs: 3_600_000 } : { kind: 'done' };
    },
  };
  const namespace = NAMESPACE;
  const client = new Client({ connection, namespace });
  const workflowBundle = await testWorkflowBundle();
  const worker = await Worker.create({
    connection: native,
    namespace,
    taskQueue: CONVERSATIONS_QUEUE,
    workflowBundle,
    activities,
  });
  const first = await worker.runUntil(async () => {
    const { workflowType, options } = conversationStart(randomUUID(), 'to-customer', { idleMs: 500 });
    const handle = await client.workflow.signalWithStart(workflowType, options);
    await handle.signal(laneDueSignal, 'to-planfix');
    const begun = client.workflow.getHandle(handle.workflowId, handle.signaledRunId);
    // Ended by hand: the other lane of a single run would keep it open for its hour.
    if (turns < TURNS) return { ...(await waitForTurns(begun, seen, turns)), seen };
    await client.workflow.getHandle(handle.workflowId).result();
    return { status: (await begun.describe()).status.name, seen };
  });
  return first;
}

async function waitForTurns(
  handle: { describe(): Promise<{ status: { name: string } }>; terminate(): Promise<unknown> },
  seen: { toPlanfix: number },
  turns: number,
) {
  let status = '';
  do status = (await handle.describe()).status.name;
  while (seen.toPlanfix < turns);
  await handle.terminate();
  return { status };
}

describe('a conversation that is busy for very long', () => {
  it('goes on in a new run, loses no turn and looks again at the lane that waited', async () => {
    const { status, seen } = await runBusyConversation(TURNS);
    expect(status).toBe('CONTINUED_AS_NEW');
    expect(seen.toPlanfix).toBe(TURNS);
    expect(seen.toCustomer).toBeGreaterThanOrEqual(2);
  });

  it('stays one run while its history is short (control)', async () => {
    const { status, seen } = await runBusyConversation(10);
    expect(status).toBe('RUNNING');
    expect(seen.toCustomer).toBe(1);
  });
});
