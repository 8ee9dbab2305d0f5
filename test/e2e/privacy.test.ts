import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { conversationWorkflowId } from '../../workflows/domain/ids.ts';
import { currentDetailsOf, exportRuns } from '../support/account-histories.ts';
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
  type Customer,
  chatOf,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
} from '../support/parley.ts';

const NAME = 'Zephyrine Quillfeather';
const TEXT = 'marker-text-of-the-customer';
const REPLY = 'marker-text-of-the-agent';

let parley: Parley;
let company: Company;
let customer: Customer;

beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley);
  customer = aCustomer(NAME);
  await runMainJob();
});

afterAll(() => parley?.stop());

/** A first message, a second one, a reply, one that the network refuses, and a Planfix that is away for a moment. */
async function runMainJob(): Promise<void> {
  await writeAndHear(parley, company, customer, `${TEXT} 1`);
  await textsOnce(parley, company, 1);
  await untilAllPosted(parley, company);
  const [task] = (await planfixOf(parley, company)).tasks;
  const away = await faultOfPlanfix(parley, company, { kind: 'drop-before' });
  await writeAndHear(parley, company, customer, `${TEXT} 2`);
  await accountOnce(parley, company, 'paused');
  await away.remove();
  await untilAllPosted(parley, company);
  await comment(task?.id, task?.assigner?.id, `${REPLY} 1`);
  await eventually('the reply', async () => {
    const chat = await chatOf(parley, company, customer);
    return chat.some((message) => message.text === `${REPLY} 1`) || undefined;
  });
  const { phoneNumberId } = company;
  const refusal = { target: 'graph', kind: 'error', code: 131026, purpose: 'send', phoneNumberId };
  await parley.sandbox.control('POST', 'faults', refusal);
  await comment(task?.id, task?.assigner?.id, `${REPLY} 2`);
  await eventually('the note about the refused reply', async () => {
    const dump = await planfixOf(parley, company);
    return dump.tasks[0]?.comments.find((entry) => entry.description.includes('Not delivered'));
  });
}

const comment = (task: number | undefined, contact: string | undefined, html: string) =>
  parley.sandbox.control('POST', `planfix/${company.account}/comments`, {
    task,
    author: 'user:3',
    html,
    notify: [contact],
  });

/** What must be nowhere but in Postgres; the number also without its country, as people write it. */
const markers = () => [
  customer.phone,
  customer.phone.slice(2),
  ...NAME.split(' '),
  TEXT,
  REPLY,
  company.token,
  parley.world.adminKey,
];

/** The markers that are in a text, whatever the case. */
const foundIn = (text: string) => markers().filter((marker) => text.toLowerCase().includes(marker.toLowerCase()));

describe('personal data and secrets', () => {
  it('are in no history, memo, search attribute or page of a workflow', async () => {
    const types = ['conversationWorkflow', 'taskCreationWorkflow', 'planfixAccountWorkflow', 'connectionWorkflow'];
    // Lists follow a moment later.
    const runs = await eventually(`a run of each of ${types}`, async () => {
      const found = await exportRuns(parley.temporal);
      return types.every((type) => found.some((run) => run.type === type)) ? found : undefined;
    });
    expect(runs.filter((run) => foundIn(run.words).length > 0)).toEqual([]);
    // The export reads payloads: ids that must be there are found.
    const [message] = await inboundOf(parley, company);
    const id = conversationWorkflowId(message?.conversationId ?? '');
    expect(runs.find((run) => run.workflowId === id)?.words).toContain(`"conversationId":"${message?.conversationId}"`);
    expect(foundIn(await currentDetailsOf(parley.temporal, id))).toEqual([]);
  });

  it('are in no log of a process, and in no metric', async () => {
    const logs = [...parley.api.lines(), ...parley.worker.lines()];
    expect(logs.length).toBeGreaterThan(5);
    expect(logs.filter((line) => foundIn(line).length > 0)).toEqual([]);
    for (const { url } of [parley.api, parley.worker]) {
      const response = await fetch(`${url}/metrics`);
      expect(foundIn(await response.text())).toEqual([]);
    }
  });

  it('would be found by this search if a workflow carried them', async () => {
    const workflowId = `careless/${randomUUID()}`;
    const [{ phone, name }] = [customer];
    const careless = await parley.temporal.workflow.start('carelessWorkflow', {
      workflowId,
      taskQueue: 'nobody-works-here',
      args: [{ phone: `+${phone}`, text: `${TEXT} 1` }],
      memo: { name },
    });
    const [run] = await eventually('the run in the list', async () => {
      const runs = await exportRuns(parley.temporal, `WorkflowId = "${workflowId}"`);
      return runs.length > 0 ? runs : undefined;
    });
    await careless.terminate();
    expect(foundIn(run?.words ?? '')).toEqual([phone, phone.slice(2), ...NAME.split(' '), TEXT]);
  });
});
