import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createDatabase, type Database } from '../../db/database.ts';
import {
  connectionOf,
  connectionOnce,
  connectionProblemOnce,
  openProblemsOf,
  tellOfAccount,
} from '../support/connection-world.ts';
import { call, connect, pathsOf } from '../support/onboarding.ts';
import { type Company, connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messageOnce,
  messagesOf,
  startDialogueIn,
  taskOf,
  textsOnceThereAre,
  textsTo,
} from '../support/reply-world.ts';

let parley: Parley;
let db: Database;

beforeAll(async () => {
  parley = await startParley();
  db = createDatabase(parley.world.databaseUrl, 2);
});
afterAll(async () => {
  await db?.destroy();
  await parley?.stop();
});

/** A customer of a number in the phone app whose owner has ended the link; a reply waits. */
async function anEndedLink(): Promise<Dialogue> {
  const company = await connectCompany(parley);
  await parley.sandbox.control('POST', `graph/numbers/${company.phoneNumberId}`, { isOnBizApp: true });
  const dialogue = await startDialogueIn(parley, company);
  await tellOfAccount(dialogue, 'PARTNER_REMOVED', { phoneNumberId: company.phoneNumberId, form: 'partner' });
  expect((await connectionOnce(dialogue, 'paused')).pausedReason).toBe('owner-disconnected');
  await connectionProblemOnce(dialogue, 'owner-disconnected');
  await commentOn(dialogue, { html: 'While it was away' });
  await messageOnce(dialogue, 'While it was away', ['ready']);
  return dialogue;
}

/** The owner links the phone app again in Meta's window. What the sign-up gives stands for a token. */
async function signUpAgain({ company }: Dialogue): Promise<{ embeddedSignupId: string }> {
  const { metaAppId, appId, phoneNumberId } = company;
  const configurationId = `7${phoneNumberId}`;
  await parley.sandbox.control('POST', 'graph/sign-up-configurations', { configurationId, appId });
  await call(parley, 'PATCH', `/v1/meta-apps/${metaAppId}`, { embeddedSignup: { configurationId, extras: {} } });
  const { body } = await call<{ id: string }>(parley, 'POST', '/v1/embedded-signups', {
    ...{ metaAppId, road: 'business-app' },
  });
  const { code, message } = await parley.sandbox.control<{ code: string; message: object }>('POST', 'graph/sign-ups', {
    ...{ appId, configurationId, phoneNumberId },
  });
  await call(parley, 'POST', `/v1/embedded-signups/${body.id}/code`, { code });
  await call(parley, 'POST', `/v1/embedded-signups/${body.id}/finish`, message);
  return { embeddedSignupId: body.id };
}

const SETTINGS = { taskTemplate: 10, language: 'en', readReceipts: 'never' };
const connectAgain = ({ company }: Dialogue, access: { accessToken: string } | { embeddedSignupId: string }) =>
  connect(
    parley,
    company,
    { ...company, appSecret: '', displayPhoneNumber: '' },
    {
      ...{ accessToken: undefined, settings: SETTINGS },
      ...access,
    },
  );

const rowOf = ({ connectionId }: Company) =>
  db
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .select(['state', 'pausedReason', 'pausedAt', 'accessToken', 'settings', 'former', 'disconnectedAt'])
    .executeTakeFirstOrThrow();

describe('a number whose owner ended the link', () => {
  it('is connected again as what it was: what waited leaves once, and the conversation goes on', async () => {
    const dialogue = await anEndedLink();
    const { company, customer } = dialogue;
    const { status, body } = await connectAgain(dialogue, await signUpAgain(dialogue));
    expect({ status, id: body.id, state: body.state }).toEqual({
      status: 201,
      id: company.connectionId,
      state: 'connected',
    });
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['While it was away']);
    expect(await connectionOf(dialogue)).toMatchObject({ pausedReason: null, openProblems: 0, queued: 0 });
    expect(await rowOf(company)).toMatchObject({ former: null, disconnectedAt: null });
    await writeAs(parley, company, customer, 'Back again', { wait: true });
    await eventually('the message in the task that there was', async () =>
      (await taskOf(dialogue))?.comments.find(({ description }) => description.includes('Back again')),
    );
    await commentOn(dialogue, { html: 'Welcome back' });
    expect(await textsOnceThereAre(dialogue, 2)).toEqual(['While it was away', 'Welcome back']);
  });

  it('is again what it was, credentials and all, when that fails, and nothing is lost', async () => {
    const dialogue = await anEndedLink();
    const { company } = dialogue;
    const before = await rowOf(company);
    const refused = await connectAgain(dialogue, { accessToken: 'made-up' });
    expect({ status: refused.status, paths: pathsOf(refused) }).toEqual({ status: 422, paths: ['accessToken'] });
    expect(await rowOf(company)).toEqual(before);
    expect(await openProblemsOf(dialogue)).toMatchObject([{ kind: 'owner-disconnected' }]);
    expect(await messagesOf(dialogue, { direction: 'outbound' })).toMatchObject([{ state: 'ready' }]);
    expect(await textsTo(dialogue)).toEqual([]);
    // Control: an attempt that does not fail changes both.
    expect((await connectAgain(dialogue, await signUpAgain(dialogue))).body.state).toBe('connected');
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['While it was away']);
    const { accessToken, settings } = await rowOf(company);
    expect(accessToken).not.toEqual(before.accessToken);
    expect(settings).toMatchObject({ readReceipts: 'never' });
  });

  it('and one that is only paused is not taken up (control)', async () => {
    const company = await connectCompany(parley);
    const { appId, wabaId, accessToken } = company;
    await parley.sandbox.control('POST', 'graph/tokens', { accessToken, appId, revoked: true });
    await call(parley, 'POST', `/v1/connections/${company.connectionId}/check`);
    const dialogue = { parley, company } as Dialogue;
    await parley.sandbox.control('POST', 'graph/tokens', { accessToken: `${accessToken}2`, appId, wabaIds: [wabaId] });
    expect(await connectAgain(dialogue, { accessToken: `${accessToken}2` })).toMatchObject({
      status: 409,
      body: { detail: expect.stringContaining('connected already') },
    });
  });
});
