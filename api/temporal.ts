import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { BULK_QUEUE, CONVERSATIONS_QUEUE, MEDIA_QUEUE } from '../workflows/domain/ids.ts';
import type { Waits } from '../workflows/domain/waits.ts';
import { checkRequestedSignal, hintReceivedSignal } from '../workflows/messages.ts';
import { connectionAttribute } from '../workflows/search-attributes.ts';
import { connectionStart, conversationStart, planfixAccountStart, runStart } from '../workflows/starts.ts';
import type { TemporalSignals } from './wakeups.ts';

/** One signal, retries of the client included. */
const SIGNAL_DEADLINE_MS = 2_000;
const PROBE_DEADLINE_MS = 1_000;
/** As Temporal's protocol numbers it (`TASK_QUEUE_TYPE_ACTIVITY`). */
const ACTIVITY_QUEUE = 2;
/** gRPC's own longest pause is two minutes: after a long outage that would be too late by as much. */
const CHANNEL = { 'grpc.max_reconnect_backoff_ms': 5_000 };

/**
 * Signals to workflows, each starting the workflow that it finds closed. The connection is opened by the first call,
 * so that a server that is away does not keep the api from starting. Throws on a wrong configuration only.
 */
export function createTemporalSignals(waits: Partial<Waits>): TemporalSignals {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = Connection.lazy({ ...connectionOptions, channelArgs: CHANNEL });
  const client = new Client({ connection, namespace });
  const within = <T>(call: () => Promise<T>, ms = SIGNAL_DEADLINE_MS) => connection.withDeadline(Date.now() + ms, call);

  return {
    namespace,
    wakeConversation: async (wake) => {
      const { workflowType, options } = conversationStart(wake.conversationId, wake.lane, waits, wake);
      await within(() => client.workflow.signalWithStart(workflowType, options));
    },
    wakePlanfixAccount: async (planfixAccountId) => {
      const { workflowType, options } = planfixAccountStart(planfixAccountId, hintReceivedSignal, waits);
      await within(() => client.workflow.signalWithStart(workflowType, options));
    },
    lookAt: async (run) => {
      const { workflowType, options } = runStart(run, waits);
      await within(() => client.workflow.signalWithStart(workflowType, options));
    },
    requestAccountCheck: async (planfixAccountId) => {
      const { workflowType, options } = planfixAccountStart(planfixAccountId, checkRequestedSignal, waits);
      await within(() => client.workflow.signalWithStart(workflowType, options));
    },
    requestConnectionCheck: async (connectionId) => {
      const { workflowType, options } = connectionStart(connectionId, waits);
      const typedSearchAttributes = [{ key: connectionAttribute, value: connectionId }];
      await within(() => client.workflow.signalWithStart(workflowType, { ...options, typedSearchAttributes }));
    },
    isReachable: async () => {
      try {
        await within(() => connection.workflowService.describeNamespace({ namespace }), PROBE_DEADLINE_MS);
        return true;
      } catch {
        return false;
      }
    },
    readQueues: () =>
      Promise.all(
        [CONVERSATIONS_QUEUE, MEDIA_QUEUE, BULK_QUEUE].map(async (queue) => {
          const asked = { namespace, taskQueue: { name: queue }, taskQueueType: ACTIVITY_QUEUE };
          const { pollers } = await within(
            () => connection.workflowService.describeTaskQueue(asked),
            PROBE_DEADLINE_MS,
          );
          const seconds = (pollers ?? []).map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0));
          const last = Math.max(0, ...seconds);
          return { queue, askedAt: last === 0 ? null : new Date(last * 1_000) };
        }),
      ),
    close: () => connection.close(),
  };
}
