import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import {
  connectionOf,
  connectionOnce,
  connectionProblemOnce,
  openProblemsOf,
  SHORT_CHECKS,
  type ShownConnection,
  tellOfAccount,
} from '../support/connection-world.ts';
import { companyAtDialog360, hostedNumber, hostNumber } from '../support/dialog360-world.ts';
import {
  type Company,
  connectCompany,
  eventually,
  type Parley,
  planfixOf,
  startParley,
  writeAs,
} from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messageOnce,
  messagesOf,
  noteOnce,
  startDialogue,
  startDialogueIn,
  taskOf,
  textsOnceThereAre,
  textsTo,
} from '../support/reply-world.ts';

let parley: Parley;
let db: Database;

beforeAll(async () => {
  parley = await startParley({ waits: SHORT_CHECKS });
  db = createDatabase(parley.world.databaseUrl, 2);
});

afterAll(async () => {
  await db?.destroy();
  await parley?.stop();
});

const ask = ({ connectionId }: Company, what: string, body?: object) =>
  parley.rest<ShownConnection>('POST', `/v1/connections/${connectionId}/${what}`, body);

const stepOf = async (company: Company, step: string) =>
  (await connectionOf({ parley, company })).steps.find((entry) => entry.step === step);

const secretsOf = ({ connectionId }: Company) =>
  db
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .select(['accessToken', 'pin', 'webhookSecret'])
    .executeTakeFirstOrThrow();

/** Apps that hear of the account, as the network has it. */
async function subscribersOf({ wabaId, accessToken }: Company): Promise<number> {
  const response = await fetch(`${parley.sandbox.url}/graph/v26.0/${wabaId}/subscribed_apps`, {
    headers: { authorization: `Bearer ${accessToken}` },
  });
  return ((await response.json()) as { data: unknown[] }).data.length;
}

const write = ({ company, customer }: Dialogue, text: string) =>
  writeAs(parley, company, customer, text, { wait: true });

const inTask = (dialogue: Dialogue, text: string) =>
  eventually(`"${text}" in the task`, async () =>
    (await taskOf(dialogue))?.comments.find((comment) => comment.description.includes(text)),
  );

const isInTask = async (dialogue: Dialogue, text: string) =>
  (await taskOf(dialogue))?.comments.some((comment) => comment.description.includes(text));

/** One more number of the company's business account, under the same app. */
async function connectBeside(company: Company): Promise<Company> {
  const phoneNumberId = `1${randomInt(1e14)}`;
  const { wabaId, appId, accessToken, planfixAccountId, metaAppId } = company;
  const displayPhoneNumber = `+49 30 ${randomInt(1e6, 1e7)}`;
  const number = { phoneNumberId, wabaId, appId, accessToken, displayPhoneNumber };
  await parley.sandbox.control('POST', 'graph/numbers', number);
  return {
    ...company,
    phoneNumberId,
    connectionId: await connect({ ...company, phoneNumberId, planfixAccountId, metaAppId }),
  };
}

async function connect({ planfixAccountId, metaAppId, phoneNumberId, wabaId, accessToken }: Company): Promise<string> {
  const { id } = await parley.rest<{ id: string }>('POST', '/v1/connections', {
    provider: 'whatsapp-cloud',
    ...{ planfixAccountId, metaAppId, phoneNumberId, wabaId, accessToken },
    configuredBy: 'user:2',
    settings: { taskTemplate: 10, language: 'en' },
  });
  return id;
}

/** As whoever has the number in their phone sees it, too. */
async function inPhoneApp(): Promise<Company> {
  const company = await connectCompany(parley);
  await parley.sandbox.control('POST', `graph/numbers/${company.phoneNumberId}`, { isOnBizApp: true });
  await ask(company, 'check');
  return company;
}

describe('a number under an app of the company itself', () => {
  it('is disconnected in two steps: nothing is lost, nothing is sent that nobody wants, no secret is left', async () => {
    const dialogue = await startDialogue(parley);
    const { company } = dialogue;
    const begun = await ask(company, 'disconnect');
    expect(begun.steps.map(({ step, state }) => `${step}: ${state}`)).toEqual([
      'stop-sends: done',
      'disconnect-in-business-settings: waiting',
      'remove-subscription: waiting',
      'destroy-credentials: waiting',
    ]);
    for (const html of ['Send me', 'Discard me', 'Decide nothing']) {
      await commentOn(dialogue, { html });
      await messageOnce(dialogue, html, ['ready']);
    }
    await write(dialogue, 'Is anybody there?');
    const queuedPath = `/v1/connections/${company.connectionId}/queued-messages`;
    const { items } = await parley.rest<{ items: { id: string; text: string }[] }>('GET', queuedPath);
    expect(items.map(({ text }) => text)).toEqual(['Decide nothing', 'Discard me', 'Send me']);
    expect((await connectionOf(dialogue)).queued).toBe(3);
    const idOf = (words: string) => items.find(({ text }) => text === words)?.id as string;
    await parley.rest('POST', `${queuedPath}/send`, { ids: [idOf('Send me')] });
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['Send me']);
    await parley.rest('POST', `${queuedPath}/discard`, { ids: [idOf('Discard me')] });
    await noteOnce(dialogue, 'Discard me');
    // Control: kept, and not posted, although the notes about other messages are.
    expect(await isInTask(dialogue, 'Is anybody there?')).toBe(false);
    expect((await secretsOf(company)).accessToken).not.toBeNull();
    expect(await subscribersOf(company)).toBe(1);

    await ask(company, 'confirm-disconnect', { how: 'not-applicable' });
    await connectionOnce(dialogue, 'disconnected');
    await inTask(dialogue, 'Is anybody there?');
    await noteOnce(dialogue, 'Decide nothing');
    expect(await textsTo(dialogue)).toEqual(['Send me']);
    expect(await secretsOf(company)).toEqual({ accessToken: null, pin: null, webhookSecret: null });
    expect(await subscribersOf(company)).toBe(0);
    expect(await openProblemsOf(dialogue)).toEqual([]);
  });

  it('afterwards says to whoever writes that it does not leave, and goes on where it was once it is connected again', async () => {
    const dialogue = await startDialogue(parley);
    const { company } = dialogue;
    await ask(company, 'disconnect');
    await ask(company, 'confirm-disconnect', { how: 'owner-said' });
    await connectionOnce(dialogue, 'disconnected');
    await commentOn(dialogue, { html: 'Too late' });
    expect(await noteOnce(dialogue, 'Too late')).toMatchObject({
      description: expect.stringContaining('disconnected'),
    });
    const conversationId = (await messagesOf(dialogue))[0]?.conversationId;
    const sending = parley.rest('POST', '/v1/messages', { conversationId, text: 'Hello' });
    await expect(sending).rejects.toThrow(/409.*disconnected.*Connect the number again/s);

    expect(await connect(company)).toBe(company.connectionId);
    await write(dialogue, 'Back again');
    await inTask(dialogue, 'Back again');
    await commentOn(dialogue, { html: 'Welcome back' });
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['Welcome back']);
    expect((await planfixOf(parley, company)).tasks).toHaveLength(1);
  });

  it('can be taken back before step two; everything that waited goes on', async () => {
    const dialogue = await startDialogue(parley);
    const { company } = dialogue;
    await ask(company, 'disconnect');
    await write(dialogue, 'Kept back');
    await commentOn(dialogue, { html: 'Held up' });
    await messageOnce(dialogue, 'Held up', ['ready']);
    expect(await isInTask(dialogue, 'Kept back')).toBe(false);
    expect(await textsTo(dialogue)).toEqual([]);
    expect(await connectionProblemOnce(dialogue, 'disconnect-unconfirmed')).toMatchObject({
      detail: expect.stringContaining('checklist'),
    });
    await ask(company, 'cancel-disconnect');
    await inTask(dialogue, 'Kept back');
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['Held up']);
    expect(await connectionOf(dialogue)).toMatchObject({ state: 'connected', openProblems: 0 });
    expect(await subscribersOf(company)).toBe(1);
  });
});

describe('a number that is in the phone app, too', () => {
  it('shows where to end it there, and is over when the network says so', async () => {
    const company = await inPhoneApp();
    const place = { parley, company };
    const { steps } = await ask(company, 'disconnect');
    expect(steps.find(({ step }) => step === 'disconnect-in-phone-app')?.detail).toContain(
      'Settings → Account → WhatsApp Business Platform → Disconnect',
    );
    const wrong = ask(company, 'confirm-disconnect', { how: 'not-applicable' });
    await expect(wrong).rejects.toThrow(/422.*"how".*remedy/s);
    await tellOfAccount(place, 'PARTNER_REMOVED', { phoneNumberId: company.phoneNumberId });
    await connectionOnce(place, 'disconnected');
    expect(await stepOf(company, 'disconnect-in-phone-app')).toMatchObject({ state: 'done', code: 'event' });
    expect(await secretsOf(company)).toMatchObject({ accessToken: null });
  });

  it('is over when the network refuses its token, although nobody said so', async () => {
    const company = await inPhoneApp();
    const place = { parley, company };
    await ask(company, 'disconnect');
    await tellOfAccount(place, 'PARTNER_REMOVED', { phoneNumberId: company.phoneNumberId, tell: false });
    await connectionOnce(place, 'disconnected');
    expect(await stepOf(company, 'disconnect-in-phone-app')).toMatchObject({ code: 'token-refused' });
    expect(await stepOf(company, 'remove-subscription')).toMatchObject({ state: 'skipped', code: 'token-refused' });
  });

  it('is not over when the network blocks the account for a policy, and can still be taken back', async () => {
    const company = await inPhoneApp();
    const place = { parley, company };
    const rule = { target: 'graph', phoneNumberId: company.phoneNumberId, kind: 'error', code: 368, times: 0 };
    const { id } = await parley.sandbox.control<{ id: string }>('POST', 'faults', rule);
    await ask(company, 'disconnect');
    // The first probe comes at once, another one a second later, the reminder after two.
    await connectionProblemOnce(place, 'disconnect-unconfirmed');
    expect(await secretsOf(company)).toMatchObject({ accessToken: expect.anything() });
    await parley.sandbox.control('DELETE', `faults/${id}`);
    expect((await ask(company, 'cancel-disconnect')).state).toBe('connected');
    expect(await subscribersOf(company)).toBe(1);
  });

  it('is proposed to be disconnected when the owner began on the phone, and nothing is lost', async () => {
    const company = await inPhoneApp();
    const dialogue = await startDialogueIn(parley, company);
    await tellOfAccount(dialogue, 'PARTNER_REMOVED', { phoneNumberId: company.phoneNumberId, form: 'partner' });
    expect((await connectionOnce(dialogue, 'paused')).pausedReason).toBe('owner-disconnected');
    await connectionProblemOnce(dialogue, 'owner-disconnected');
    await commentOn(dialogue, { html: 'Not sent' });
    await messageOnce(dialogue, 'Not sent', ['ready']);
    expect((await secretsOf(company)).accessToken).not.toBeNull();
    await ask(company, 'disconnect');
    await connectionOnce(dialogue, 'disconnected');
    await noteOnce(dialogue, 'Not sent');
    expect(await textsTo(dialogue)).toEqual([]);
    expect(await openProblemsOf(dialogue)).toEqual([]);
  });
});

describe('a number at 360dialog', () => {
  it('leaves its address for webhooks to be removed there, where that is not taken back, and says so', async () => {
    const hosted = await hostNumber(parley);
    const company = await companyAtDialog360(parley, await connectCompany(parley), hosted);
    await ask(company, 'disconnect');
    await ask(company, 'confirm-disconnect', { how: 'owner-said' });
    await connectionOnce({ parley, company }, 'disconnected');
    expect(await stepOf(company, 'remove-subscription')).toMatchObject({
      ...{ state: 'failed', code: 'remove-at-provider' },
      ...{ detail: expect.stringContaining('Hub'), because: { code: 'remove-at-provider', values: {} } },
    });
    // Control: it is still there.
    expect((await hostedNumber(parley, hosted.phone)).webhook?.url).toContain(company.connectionId);
    expect(await secretsOf(company)).toEqual({ accessToken: null, pin: null, webhookSecret: null });
  });
});

describe('two numbers of one account', () => {
  it('keep the subscription until the last of them ends', async () => {
    const first = await connectCompany(parley);
    const second = await connectBeside(first);
    await ask(first, 'disconnect');
    await ask(first, 'confirm-disconnect', { how: 'owner-said' });
    await connectionOnce({ parley, company: first }, 'disconnected');
    expect(await stepOf(first, 'remove-subscription')).toMatchObject({ state: 'skipped', code: 'other-connections' });
    expect(await subscribersOf(first)).toBe(1);
    await startDialogueIn(parley, second);
    await ask(second, 'disconnect');
    await ask(second, 'confirm-disconnect', { how: 'owner-said' });
    await connectionOnce({ parley, company: second }, 'disconnected');
    // Control: the second one removed what the first one left.
    expect(await stepOf(second, 'remove-subscription')).toMatchObject({ state: 'done', code: 'removed' });
    expect(await subscribersOf(first)).toBe(0);
  });
});

describe('a worker that dies', () => {
  const killWorker = () => parley.worker.stop('SIGKILL', 1_000);
  const startWorkerAgain = async () => {
    parley.worker = await parley.worker.startAgain();
  };

  it('before it has begun: the next one does all of it', async () => {
    const dialogue = await startDialogue(parley);
    const { company } = dialogue;
    await killWorker();
    await ask(company, 'disconnect');
    await write(dialogue, 'Meanwhile');
    await ask(company, 'confirm-disconnect', { how: 'owner-said' });
    expect((await connectionOf(dialogue)).state).toBe('disconnecting');
    await startWorkerAgain();
    await connectionOnce(dialogue, 'disconnected');
    await inTask(dialogue, 'Meanwhile');
  });

  it.each(['hang', 'hang-after'])(
    'while it removes the subscription (%s): it is removed once, and the end comes',
    async (kind) => {
      const company = await connectCompany(parley);
      const place = { parley, company };
      const rule = { target: 'graph', kind, method: 'DELETE', path: 'subscribed_apps', times: 1 };
      const { id } = await parley.sandbox.control<{ id: string }>('POST', 'faults', rule);
      await ask(company, 'disconnect');
      await ask(company, 'confirm-disconnect', { how: 'owner-said' });
      await eventually('the call under way', async () =>
        (await stepOf(company, 'remove-subscription'))?.state === 'called' ? true : undefined,
      );
      await killWorker();
      expect((await secretsOf(company)).accessToken).not.toBeNull();
      await parley.sandbox.control('DELETE', `faults/${id}`).catch(() => undefined);
      await startWorkerAgain();
      await connectionOnce(place, 'disconnected');
      expect(await stepOf(company, 'remove-subscription')).toMatchObject({ state: 'done', code: 'removed' });
      expect(await subscribersOf(company)).toBe(0);
    },
  );

  it('while the last message leaves: it is not sent twice, and the end comes', async () => {
    const dialogue = await startDialogue(parley);
    const { company } = dialogue;
    await ask(company, 'disconnect');
    await commentOn(dialogue, { html: 'Goodbye' });
    await messageOnce(dialogue, 'Goodbye', ['ready']);
    const rule = {
      target: 'graph',
      phoneNumberId: company.phoneNumberId,
      kind: 'hang-after',
      purpose: 'send',
      times: 1,
    };
    await parley.sandbox.control('POST', 'faults', rule);
    await ask(company, 'queued-messages/send');
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['Goodbye']);
    await killWorker();
    await ask(company, 'confirm-disconnect', { how: 'owner-said' });
    await startWorkerAgain();
    await connectionOnce(dialogue, 'disconnected');
    expect(await textsTo(dialogue)).toEqual(['Goodbye']);
  });

  it('after it was cancelled: the next one wakes what waited', async () => {
    const dialogue = await startDialogue(parley);
    const { company } = dialogue;
    await ask(company, 'disconnect');
    await write(dialogue, 'Kept back');
    await killWorker();
    await ask(company, 'cancel-disconnect');
    await startWorkerAgain();
    await inTask(dialogue, 'Kept back');
  });
});
