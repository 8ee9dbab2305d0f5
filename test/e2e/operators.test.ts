import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  connectionWorkflowId,
  conversationWorkflowId,
  LANES,
  PLANFIX_POLL_SCHEDULE_ID,
  planfixAccountWorkflowId,
  SWEEP_SCHEDULE_ID,
} from '../../workflows/domain/ids.ts';
import type { ConversationView } from '../../workflows/messages.ts';
import { currentDetailsOf } from '../support/account-histories.ts';
import {
  accountOnce,
  faultOfPlanfix,
  inboundOf,
  textsOnce,
  untilAllPosted,
  writeAndHear,
} from '../support/account-world.ts';
import {
  aCustomer,
  type Company,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
} from '../support/parley.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

type Place = { company: Company; customer: ReturnType<typeof aCustomer>; task: number; workflowId: string };

async function customerWithTask(): Promise<Place> {
  const company = await connectCompany(parley);
  const customer = aCustomer();
  await writeAndHear(parley, company, customer, 'first');
  await textsOnce(parley, company, 1);
  await untilAllPosted(parley, company);
  const [task] = (await planfixOf(parley, company)).tasks;
  const [message] = await inboundOf(parley, company);
  const workflowId = conversationWorkflowId(message?.conversationId ?? '');
  return { company, customer, task: task?.id as number, workflowId };
}

/** What an operator's search finds: the ids of runs, newest first. */
async function search(query: string): Promise<string[]> {
  const found: string[] = [];
  for await (const run of parley.temporal.workflow.list({ query })) found.push(run.workflowId);
  return found;
}

/** Visibility follows a moment later. */
const searchOnce = (query: string, workflowId: string) =>
  eventually(`${workflowId} by ${query}`, async () => ((await search(query)).includes(workflowId) ? true : undefined));

const viewOf = (workflowId: string) =>
  parley.temporal.workflow.getHandle(workflowId).query<ConversationView>('conversationView');

describe('an operator', () => {
  it('finds a conversation by the number of its task, and all of a connection', async () => {
    const { company, task, workflowId } = await customerWithTask();
    await searchOnce(`PlanfixTask = "${task}" and ConnectionId = "${company.connectionId}"`, workflowId);
    const byConnection = await search(
      `ConnectionId = "${company.connectionId}" and WorkflowType = "conversationWorkflow"`,
    );
    expect(byConnection).toEqual([workflowId]);
    // Control: another number finds nothing.
    expect(await search(`PlanfixTask = "${task + 500}"`)).toEqual([]);
  });

  it('finds every long-lived workflow by ids that are made of row ids', async () => {
    const { company, workflowId } = await customerWithTask();
    const ids = [
      workflowId,
      planfixAccountWorkflowId(company.planfixAccountId),
      connectionWorkflowId(company.connectionId),
    ];
    for (const id of ids) {
      expect((await parley.temporal.workflow.getHandle(id).describe()).status.name).toBe('RUNNING');
    }
    await eventually('both schedules', async () => {
      const schedules: string[] = [];
      for await (const schedule of parley.temporal.schedule.list()) schedules.push(schedule.scheduleId);
      return [SWEEP_SCHEDULE_ID, PLANFIX_POLL_SCHEDULE_ID].every((id) => schedules.includes(id)) || undefined;
    });
  });

  it('sees the task and the state of both queues of a conversation that runs', async () => {
    const { company, customer, task, workflowId } = await customerWithTask();
    // The rows are ready a moment before the turn that wrote them has come back.
    await eventually('the number of the task', async () =>
      (await currentDetailsOf(parley.temporal, workflowId)).includes(`Planfix task ${task}`) ? true : undefined,
    );
    const before = await eventually('both queues idle', async () => {
      const view = await viewOf(workflowId);
      return LANES.every((lane) => view[lane].state === 'idle' && !view[lane].due) ? view : undefined;
    });

    const hang = await faultOfPlanfix(parley, company, { kind: 'hang', path: '/comments/' });
    await writeAndHear(parley, company, customer, 'second');
    await eventually('the queue at work', async () =>
      (await viewOf(workflowId))['to-planfix'].state === 'working' ? true : undefined,
    );
    await hang.remove();
    await untilAllPosted(parley, company);
    await eventually('the queue idle again, one turn later', async () => {
      const view = await viewOf(workflowId);
      return view['to-planfix'].state === 'idle' && view.turns > before.turns ? true : undefined;
    });
  });

  it('finds a conversation by both attributes too when it is the worker that starts it', async () => {
    const { company, customer, task, workflowId } = await customerWithTask();
    const away = await faultOfPlanfix(parley, company, { kind: 'drop-before' });
    await writeAndHear(parley, company, customer, 'second');
    await accountOnce(parley, company, 'paused');
    const handle = parley.temporal.workflow.getHandle(workflowId);
    const lost = await handle.describe();
    await handle.terminate('lost');
    await away.remove();
    // Its rows are worked on by a run that the account's return, or the sweep, has started.
    await textsOnce(parley, company, 2);
    await untilAllPosted(parley, company);
    const next = await eventually('the number of its task', async () => {
      const run = await handle.describe();
      return run.typedSearchAttributes.getAll().some(({ key }) => key.name === 'PlanfixTask') ? run : undefined;
    });
    expect(next.runId).not.toBe(lost.runId);
    expect(next.typedSearchAttributes.getAll()).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          key: expect.objectContaining({ name: 'ConnectionId' }),
          value: company.connectionId,
        }),
        expect.objectContaining({ key: expect.objectContaining({ name: 'PlanfixTask' }), value: `${task}` }),
      ]),
    );
    await searchOnce(`PlanfixTask = "${task}" and ExecutionStatus = "Running"`, workflowId);
  });
});
