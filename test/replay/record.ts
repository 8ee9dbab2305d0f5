/**
 * Records the histories that `replay.test.ts` runs against today's workflows, from real runs of the whole product:
 *
 *     node_modules/.bin/node test/replay/record.ts [answers | deadline | first | history | onboarding | choices]
 *
 * It brings its own servers up. Run it before a workflow is changed on purpose in a way that old runs must survive, and
 * keep the old files beside the new ones; after a change that no open run can meet, replace them. Ids, states and waits
 * only: what is recorded is searched for personal data before it is written.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type History, historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { ROOT } from '../../dev/folders.ts';
import { startTestServers } from '../../dev/test-servers.ts';
import {
  connectionWorkflowId,
  conversationWorkflowId,
  planfixAccountWorkflowId,
  runWorkflowId,
} from '../../workflows/domain/ids.ts';
import { SERVICE_WINDOW_MS } from '../../workflows/domain/service-window.ts';
import type { Waits } from '../../workflows/domain/waits.ts';
import {
  accountOnce,
  conversationOf,
  faultOfPlanfix,
  inboundOf,
  textsOnce,
  untilAllPosted,
  writeAndHear,
} from '../support/account-world.ts';
import { commentsOnce, sendFile } from '../support/files.ts';
import { aChunk, manyMessages } from '../support/history-bodies.ts';
import { importedOnce, tell } from '../support/history-chats.ts';
import { connectMailer, mail, mailingOnce, NOTICE, phones } from '../support/mailing-world.ts';
import { aNumber, connect } from '../support/onboarding.ts';
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

const FOLDER = join(ROOT, 'test', 'replay', 'histories');
/** Histories of schedules' runs are all alike: one of each is enough. */
const SCHEDULED = { sweep: 'sweepWorkflow', 'planfix-poll': 'planfixPollWorkflow' };
const NAME = 'Zephyrine Quillfeather';
const TEXT = 'marker text';

/** A run with a deadline ahead stays open until then. */
const WITHOUT_DEADLINE = { settings: { windowWarning: false } };

/** Who polled and where is of no use to a replay, and says something of the machine. */
const LEFT_OUT = new Set(['identity', 'requestId', 'workerVersion', 'taskId']);

let parley: Parley;
/** What no history may hold. */
const markers = [...NAME.split(' '), TEXT];

function someone(): Customer {
  const customer = aCustomer(NAME);
  markers.push(customer.phone);
  return customer;
}

async function recordWith(waits: Partial<Waits>, work: () => Promise<void>): Promise<void> {
  parley = await startParley({ waits });
  try {
    await work();
  } finally {
    await parley.stop();
  }
}

async function record(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  await recordMainJob();
  await recordAccountAway();
  await recordLostAnswers();
  await recordFiles();
  for (const [name, type] of Object.entries(SCHEDULED)) await recordNewest(name, `WorkflowType = "${type}"`);
}

/** First message, second message, a reply, a reply that is refused and noted on the task. */
async function recordMainJob(): Promise<void> {
  const company = await connectCompany(parley, WITHOUT_DEADLINE);
  const customer = someone();
  await writeAndHear(parley, company, customer, TEXT);
  await textsOnce(parley, company, 1);
  await writeAndHear(parley, company, customer, TEXT);
  await textsOnce(parley, company, 2);
  await untilAllPosted(parley, company);
  const [task] = (await planfixOf(parley, company)).tasks;
  const reply = { task: task?.id, author: 'user:3', html: TEXT, notify: [task?.assigner?.id] };
  await parley.sandbox.control('POST', `planfix/${company.account}/comments`, reply);
  await eventually('the reply', async () => (await chatOf(parley, company, customer))[2]);
  const { phoneNumberId } = company;
  const refusal = { target: 'graph', kind: 'error', code: 131026, purpose: 'send', phoneNumberId };
  await parley.sandbox.control('POST', 'faults', refusal);
  await parley.sandbox.control('POST', `planfix/${company.account}/comments`, reply);
  await eventually('the note', async () => (await planfixOf(parley, company)).tasks[0]?.comments[3]);
  await recordCompany('main-job', company);
  await recordWhenClosed('connection', connectionWorkflowId(company.connectionId));
  await recordWhenClosed('planfix-account', planfixAccountWorkflowId(company.planfixAccountId));
}

/** An account that goes away while a task is to be made, and while a comment is to be posted. */
async function recordAccountAway(): Promise<void> {
  const company = await connectCompany(parley, WITHOUT_DEADLINE);
  const customer = someone();
  for (const count of [1, 2]) {
    const away = await faultOfPlanfix(parley, company, { kind: 'drop-before' });
    await writeAndHear(parley, company, customer, TEXT);
    await accountOnce(parley, company, 'paused');
    await away.remove();
    await textsOnce(parley, company, count);
    await untilAllPosted(parley, company);
  }
  await recordCompany('account-away', company);
}

/** Planfix drops the answer after it made the contact, the task and a comment; and refuses a message for good. */
async function recordLostAnswers(): Promise<void> {
  const company = await connectCompany(parley, WITHOUT_DEADLINE);
  const customer = someone();
  for (const path of ['/contact/$', '/task/$', '/comments/$']) {
    await faultOfPlanfix(parley, company, { kind: 'drop-after', method: 'POST', path, times: 1 });
  }
  await writeAndHear(parley, company, customer, TEXT);
  await writeAndHear(parley, company, customer, TEXT);
  await textsOnce(parley, company, 2);
  await untilAllPosted(parley, company);
  const body = { result: 'fail', code: 30, error: 'JSON parse error' };
  const refusal = await faultOfPlanfix(parley, company, { kind: 'status', status: 400, body, path: '/comments/$' });
  await writeAndHear(parley, company, customer, TEXT);
  await eventually('the parked message', async () =>
    (await inboundOf(parley, company)).find((message) => message.state === 'parked'),
  );
  await refusal.remove();
  await recordCompany('lost-answers', company);
}

/** A first message that is a file; one whose transfer fails once; one of an employee. */
async function recordFiles(): Promise<void> {
  const company = await connectCompany(parley, WITHOUT_DEADLINE);
  const customer = someone();
  const place = { parley, company, customer };
  const filename = `${NAME}.pdf`;
  await sendFile(place, { kind: 'document', filename, caption: TEXT });
  await textsOnce(parley, company, 1);
  await untilAllPosted(parley, company);
  await recordNewest('file-transfer', FILE_TRANSFER);
  const { phoneNumberId } = company;
  const failure = { target: 'graph', kind: 'status', status: 503, purpose: 'download', phoneNumberId };
  await parley.sandbox.control('POST', 'faults', failure);
  await sendFile(place, { kind: 'document', filename, caption: TEXT });
  await commentsOnce(place, 1);
  await untilAllPosted(parley, company);
  await recordNewest('file-transfer-again', FILE_TRANSFER);
  const [task] = (await planfixOf(parley, company)).tasks;
  const reply = { task: task?.id, author: 'user:3', html: TEXT, notify: [task?.assigner?.id] };
  const files = [{ name: filename, size: 2_000 }];
  await parley.sandbox.control('POST', `planfix/${company.account}/comments`, { ...reply, files });
  await eventually('the reply', async () => (await chatOf(parley, company, customer))[2]);
  await recordCompany('files', company);
}

const FILE_TRANSFER = 'WorkflowType = "fileTransferWorkflow"';

/** A customer whom nobody answers, until the assignee is told that the window closes. */
async function recordDeadline(): Promise<void> {
  const company = await connectCompany(parley);
  await writeAndHear(parley, company, someone(), TEXT);
  await textsOnce(parley, company, 2);
  await recordCompany('deadline', company);
}

/** A contact who never wrote and whom only Planfix knows; a mailing that is paused and resumed, and then held. */
async function recordWritingFirst(): Promise<void> {
  const company = await connectMailer(parley);
  const { connectionId } = company;
  await recordNewest('template-sync', 'WorkflowType = "templateSyncWorkflow"');
  const { id: contact } = await parley.sandbox.control<{ id: number }>('POST', `planfix/${company.account}/contacts`, {
    name: NAME,
    phone: `+${someone().phone}`,
  });
  const template = { name: NOTICE.name, language: NOTICE.language };
  await parley.rest('POST', '/v1/conversations', { connectionId, to: { contact }, template });
  await recordNewest('conversation-start', 'WorkflowType = "conversationStartWorkflow"');
  const to = phones(60);
  markers.push(...to.map((phone) => phone.slice(1)));
  const { body: mailing } = await mail(parley, company, to, { rate: 10 });
  await parley.rest('POST', `/v1/mailings/${mailing.id}/pause`);
  await mailingOnce(parley, mailing.id, 'paused', ({ state }) => state === 'paused');
  await parley.rest('POST', `/v1/mailings/${mailing.id}/resume`);
  await mailingOnce(parley, mailing.id, 'done', ({ state }) => state === 'done');
  await recordWhenClosed('mailing', runWorkflowId({ kind: 'mailing', id: mailing.id }));
  await recordAsleep('bulk-hold', runWorkflowId({ kind: 'bulk-hold', id: mailing.id }));
}

/** Chats of before, in several pieces, taken over in one run. */
async function recordHistory(): Promise<void> {
  const company = await connectCompany(parley);
  const told = [...manyMessages(10, 50), { id: 'wamid.marked', phone: someone().phone, text: TEXT }];
  markers.push(...told.map(({ phone }) => phone));
  await tell(parley, company, aChunk(told));
  await importedOnce(parley, company, told.length);
  await recordNewest('history-import', 'WorkflowType = "historyImportWorkflow"');
}

/** Credentials that are looked at, a sign-up, and a number of the phone app that is connected by it. */
async function recordOnboarding(): Promise<void> {
  const company = await connectCompany(parley);
  const shared = await aNumber(parley, { kind: 'business-app', accessToken: undefined });
  const { metaAppId, appId, phoneNumberId, displayPhoneNumber } = shared;
  markers.push(displayPhoneNumber, displayPhoneNumber.replace(/\D/g, ''), 'made-up-token');
  await parley.rest('PATCH', `/v1/meta-apps/${metaAppId}`, { embeddedSignup: { configurationId: '1' } });
  const check = { provider: 'whatsapp-cloud', metaAppId, accessToken: 'made-up-token' };
  await parley.rest('POST', '/v1/credential-checks', check);
  await recordNewest('credential-check', 'WorkflowType = "credentialCheckWorkflow"');
  const { id } = await parley.rest<{ id: string }>('POST', '/v1/embedded-signups', { metaAppId, road: 'business-app' });
  const popup = await parley.sandbox.control<{ code: string; message: { event: string; data: object } }>(
    'POST',
    'graph/sign-ups',
    { appId, phoneNumberId },
  );
  markers.push(popup.code);
  await parley.rest('POST', `/v1/embedded-signups/${id}/code`, { code: popup.code });
  const { event, data } = popup.message;
  await parley.rest('POST', `/v1/embedded-signups/${id}/finish`, { event, data });
  const { body } = await connect(parley, company, shared, { accessToken: undefined, embeddedSignupId: id });
  await recordWhenClosed('connection-business-app', connectionWorkflowId(body.id));
  await recordWhenClosed('embedded-signup', runWorkflowId({ kind: 'embedded-signup', id }));
}

/** What settings are chosen from is read anew, beside the account's hints. */
async function recordChoices(): Promise<void> {
  const { planfixAccountId } = await connectCompany(parley);
  await parley.rest('POST', `/v1/planfix-accounts/${planfixAccountId}/choices/refresh`);
  await recordWhenClosed('planfix-account-choices', planfixAccountWorkflowId(planfixAccountId));
}

/** The conversation of a company's first task, and the creation of that task, once both have ended. */
async function recordCompany(name: string, company: Company): Promise<void> {
  const [task] = (await planfixOf(parley, company)).tasks;
  const { id } = await conversationOf(parley, company, task?.id as number);
  const workflowId = conversationWorkflowId(id);
  await recordWhenClosed(`conversation-${name}`, workflowId);
  await recordNewest(
    `task-creation-${name}`,
    `WorkflowType = "taskCreationWorkflow" and ParentWorkflowId = "${workflowId}"`,
  );
}

async function recordWhenClosed(name: string, workflowId: string): Promise<void> {
  const handle = parley.temporal.workflow.getHandle(workflowId);
  await eventually(`the end of ${name}`, async () =>
    (await handle.describe()).status.name === 'RUNNING' ? undefined : true,
  );
  write(name, workflowId, await handle.fetchHistory());
}

/** A run that sleeps for a month is recorded as far as it has come. */
async function recordAsleep(name: string, workflowId: string): Promise<void> {
  const handle = parley.temporal.workflow.getHandle(workflowId);
  const history = await eventually(`${name} to sleep`, async () => {
    const seen = await handle.fetchHistory();
    return seen.events?.some((event) => event.timerStartedEventAttributes) ? seen : undefined;
  });
  write(name, workflowId, history);
}

async function recordNewest(name: string, query: string): Promise<void> {
  const { workflowId, runId } = await eventually(`a run of ${name}`, async () => {
    for await (const run of parley.temporal.workflow.list({ query: `${query} and ExecutionStatus = "Completed"` }))
      return run;
    return undefined;
  });
  write(name, workflowId, await parley.temporal.workflow.getHandle(workflowId, runId).fetchHistory());
}

/** For `JSON.parse`: a sticky queue is named after the worker's machine, and stands for the one with the normal name. */
function withoutMachine(key: string, value: unknown): unknown {
  if (LEFT_OUT.has(key)) return undefined;
  const isSticky = typeof value === 'object' && value !== null && 'normalName' in value && 'name' in value;
  return isSticky ? { ...value, name: `sticky-${value.normalName}` } : value;
}

function write(name: string, workflowId: string, history: History): void {
  const json = historyToJSON(history);
  const plain = JSON.parse(json, withoutMachine) as object;
  const payloads = [...json.matchAll(/"data": ?"([^"]+)"/g)].map(([, data]) =>
    Buffer.from(data ?? '', 'base64').toString(),
  );
  const words = `${json}\n${payloads.join('\n')}`;
  if (markers.some((marker) => words.includes(marker))) {
    throw new Error(`${name} holds what a customer is called, wrote or is reached by`);
  }
  writeFileSync(join(FOLDER, `${name}.json`), JSON.stringify({ workflowId, history: plain }, undefined, 2));
  process.stdout.write(`${name}: ${history.events?.length} events\n`);
}

const GROUPS = {
  answers: { waits: { idleMs: 2_500, parkMs: 600, accountIdleMs: 4_000 }, work: record },
  deadline: { waits: { idleMs: 1_000, windowWarningMs: SERVICE_WINDOW_MS - 4_000 }, work: recordDeadline },
  first: { waits: { bulkPageMs: 3_000 }, work: recordWritingFirst },
  history: { waits: {}, work: recordHistory },
  onboarding: { waits: { accountIdleMs: 4_000 }, work: recordOnboarding },
  choices: { waits: { accountIdleMs: 4_000 }, work: recordChoices },
};

const folder = mkdtempSync(join(tmpdir(), 'parley-record-'));
const servers = await startTestServers(new Set(['e2e']), folder, (line) => void process.stderr.write(`${line}\n`));
try {
  Object.assign(process.env, servers.environment);
  const [wanted] = process.argv.slice(2);
  for (const [name, { waits, work }] of Object.entries(GROUPS)) {
    if (wanted === undefined || wanted === name) await recordWith(waits, work);
  }
  spawnSync(join(ROOT, 'node_modules', '.bin', 'biome'), ['format', '--write', FOLDER], { stdio: 'inherit' });
} finally {
  await servers.stop();
  rmSync(folder, { recursive: true, force: true });
}
