import type { Client } from '@temporalio/client';

/** Counts of what one period of time cost at the Temporal server, by workflow type. */
export type TemporalUsage = {
  runs: number;
  events: number;
  /** What Temporal Cloud would bill: starts, signals, timers, activity attempts, search attribute changes. */
  actions: Record<string, number>;
  /** The legs from a signal to the end of the activity that it leads to, in milliseconds. */
  signalToWorkflow: number[];
  workflowToActivity: number[];
  activity: number[];
};

type Period = { fromMs: number; toMs: number };

const ACTIONS: Record<string, string> = {
  workflowExecutionStartedEventAttributes: 'start',
  workflowExecutionSignaledEventAttributes: 'signal',
  timerStartedEventAttributes: 'timer',
  activityTaskScheduledEventAttributes: 'activity',
  upsertWorkflowSearchAttributesEventAttributes: 'search attribute',
};
const READ_AT_ONCE = 16;

/** Reads every history of these workflow types and counts what happened in each period. */
export async function readTemporalUsage<Name extends string>(
  client: Client,
  types: string[],
  periods: Record<Name, Period>,
): Promise<Record<Name, TemporalUsage>> {
  const names = Object.keys(periods) as Name[];
  const usage = Object.fromEntries(
    names.map((name) => [
      name,
      { runs: 0, events: 0, actions: {}, signalToWorkflow: [], workflowToActivity: [], activity: [] },
    ]),
  ) as unknown as Record<Name, TemporalUsage>;
  const executions: { workflowId: string; runId: string }[] = [];
  const query = types.map((type) => `WorkflowType = "${type}"`).join(' OR ');
  for await (const execution of client.workflow.list({ query, pageSize: 1_000 })) executions.push(execution);
  const readNext = async (): Promise<void> => {
    for (let next = executions.pop(); next; next = executions.pop()) {
      const { events } = await client.workflow.getHandle(next.workflowId, next.runId).fetchHistory();
      for (const name of names) count(usage[name], periods[name], events ?? []);
    }
  };
  await Promise.all(Array.from({ length: READ_AT_ONCE }, readNext));
  return usage;
}

type HistoryEvent = { eventTime?: { seconds?: unknown; nanos?: number | null } | null };

const timeOf = ({ eventTime }: HistoryEvent) => Number(eventTime?.seconds ?? 0) * 1_000 + (eventTime?.nanos ?? 0) / 1e6;
const has = (event: HistoryEvent, attributes: string) => event[attributes as keyof HistoryEvent] != null;

function count(usage: TemporalUsage, period: Period, events: HistoryEvent[]): void {
  const within = events.filter((event) => timeOf(event) >= period.fromMs && timeOf(event) < period.toMs);
  if (within.length > 0) usage.runs += 1;
  usage.events += within.length;
  let leg: { from: 'signal' | 'workflow' | 'activity'; atMs: number } | undefined;
  for (const event of within) {
    const atMs = timeOf(event);
    for (const [attributes, action] of Object.entries(ACTIONS)) {
      if (has(event, attributes)) usage.actions[action] = (usage.actions[action] ?? 0) + 1;
    }
    if (has(event, 'workflowExecutionSignaledEventAttributes')) leg ??= { from: 'signal', atMs };
    if (leg?.from === 'signal' && has(event, 'workflowTaskStartedEventAttributes')) {
      usage.signalToWorkflow.push(atMs - leg.atMs);
      leg = { from: 'workflow', atMs };
    } else if (leg?.from === 'workflow' && has(event, 'activityTaskStartedEventAttributes')) {
      usage.workflowToActivity.push(atMs - leg.atMs);
      leg = { from: 'activity', atMs };
    } else if (leg?.from === 'activity' && has(event, 'activityTaskCompletedEventAttributes')) {
      usage.activity.push(atMs - leg.atMs);
      leg = undefined;
    }
  }
}
