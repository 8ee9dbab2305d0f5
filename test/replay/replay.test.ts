import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { DefaultLogger, makeTelemetryFilterString, Runtime, Worker } from '@temporalio/worker';
import { ROOT } from '../../dev/folders.ts';
import { testWorkflowBundle } from '../support/workflow-bundle.ts';

/** As `record.ts` writes them. */
type Recorded = { workflowId: string; history: { events: RecordedEvent[] } };
type RecordedEvent = {
  eventType: string;
  workflowExecutionStartedEventAttributes?: { workflowType: { name: string } };
  activityTaskScheduledEventAttributes?: { activityType: { name: string } };
};

const FOLDER = join(ROOT, 'test', 'replay', 'histories');
const NAMES = readdirSync(FOLDER).map((file) => file.replace(/\.json$/, ''));

const read = (name: string) => JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as Recorded;

/** What today's workflows say to a history: undefined when they do just the same again. */
async function replay(recorded: Recorded): Promise<Error | undefined> {
  const options = { workflowBundle: await testWorkflowBundle() };
  for await (const result of Worker.runReplayHistories(options, [recorded])) return result.error;
  throw new Error('nothing was replayed');
}

const typeOf = ({ history }: Recorded) => history.events[0]?.workflowExecutionStartedEventAttributes?.workflowType.name;

beforeAll(() => {
  // The refusals of the control would else fill the screen.
  const filter = makeTelemetryFilterString({ core: 'ERROR', other: 'ERROR' });
  Runtime.install({ logger: new DefaultLogger('ERROR'), telemetryOptions: { logging: { filter } } });
});

describe("today's workflows", () => {
  it.each(NAMES)('go on where a run stood that did what is in %s', async (name) => {
    expect(await replay(read(name))).toBeUndefined();
  });

  it('are all among the histories', () => {
    const index = readFileSync(join(ROOT, 'workflows', 'index.ts'), 'utf8');
    const exported = [...index.matchAll(/\w+Workflow\b/g)].map(([name]) => name);
    expect(exported.length).toBeGreaterThan(0);
    expect(new Set(NAMES.map((name) => typeOf(read(name))))).toEqual(new Set(exported));
  });

  // Control: a run that had done something else cannot be gone on with.
  it.each(NAMES)('refuse a history in which %s had called another activity', async (name) => {
    const recorded = read(name);
    const scheduled = recorded.history.events.find((event) => event.activityTaskScheduledEventAttributes);
    const activity = scheduled?.activityTaskScheduledEventAttributes?.activityType as { name: string };
    activity.name = 'somethingElse';
    const error = await replay(recorded);
    expect(error?.name).toBe('DeterminismViolationError');
  });
});
