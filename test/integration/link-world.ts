import { randomInt } from 'node:crypto';
import { afterAll, beforeAll } from '@jest/globals';
import { type ApiWorld, aNewConnection, type ConnectedNumber, postMeta, startApiWorld } from './api-world.ts';

export type LinkNumber = ConnectedNumber & { phone: string; wabaId: string };

/** An api that hears of the links of numbers, for the tests of one file. */
export function aLinkWorld() {
  let world: ApiWorld;
  beforeAll(async () => {
    world = await startApiWorld();
  });
  afterAll(() => world?.close());
  return {
    world: () => world,
    connect: (beside?: LinkNumber) => connectNumber(world, beside),
    tell: (number: LinkNumber, body: object) => tell(world, number, body),
    rowOf: (number: LinkNumber) => rowOf(world, number),
    openProblems: (number: LinkNumber) => openProblems(world, number),
    /** A call about the connection itself. */
    ask: ({ connectionId }: LinkNumber, what: string) => world.call('POST', `/v1/connections/${connectionId}/${what}`),
    auditOf: async ({ connectionId }: LinkNumber) => {
      const { body } = await world.call('GET', `/v1/audit-entries?subjectId=${connectionId}`);
      return (body.items as { action: string }[]).map(({ action }) => action);
    },
  };
}

/** A number with a phone and an account of its own, or of the account of another one. */
export async function connectNumber(world: ApiWorld, beside?: LinkNumber): Promise<LinkNumber> {
  const connected = beside ? await connectBeside(world, beside) : await world.connect();
  const phone = `1555${randomInt(1e7, 1e8)}`;
  const wabaId = beside?.wabaId ?? `2${randomInt(1e9)}`;
  await world.db
    .updateTable('connection')
    .set({ displayPhoneNumber: `+${phone.slice(0, 4)} ${phone.slice(4)}`, wabaId })
    .where('id', '=', connected.connectionId)
    .execute();
  return { ...connected, phone, wabaId };
}

async function connectBeside(world: ApiWorld, beside: LinkNumber): Promise<ConnectedNumber> {
  const { planfixAccountId, metaAppId } = beside;
  const body = aNewConnection({ planfixAccountId, metaAppId });
  const { status, body: made, text } = await world.call('POST', '/v1/connections', { body });
  if (status !== 201) throw new Error(text);
  return { ...beside, connectionId: String(made.id), phoneNumberId: body.phoneNumberId };
}

export const secondsFromNow = (seconds: number) => Math.floor(Date.now() / 1_000) + seconds;

/** An account is banned or reinstated. */
export const ban = ({ wabaId }: LinkNumber, waba_ban_state: 'DISABLE' | 'REINSTATE', time = secondsFromNow(5)) =>
  update(
    'DISABLED_UPDATE',
    { ban_info: { waba_ban_state, waba_ban_date: 'April 17, 2026' } },
    { entryId: wabaId, time },
  );

/** An account is restricted in as many ways, each until then; undefined: nobody knows until when. */
export const restriction = ({ wabaId }: LinkNumber, time: number, expirations: (number | undefined)[]) => {
  const restriction_info = expirations.map((expiration) => ({ restriction_type: 'RESTRICTED_SOMETHING', expiration }));
  return update('ACCOUNT_RESTRICTION', { restriction_info }, { entryId: wabaId, time });
};

/** As Meta tells it: under the account's id, or under that of the partner's business. */
export function update(
  event: string,
  value: object,
  { entryId, time = secondsFromNow(5) }: { entryId: string; time?: number },
) {
  const change = { field: 'account_update', value: { event, ...value } };
  return { object: 'whatsapp_business_account', entry: [{ id: entryId, time, changes: [change] }] };
}

export async function tell(world: ApiWorld, number: LinkNumber, body: object): Promise<void> {
  const { status } = await postMeta(world, number.metaAppId, body);
  if (status !== 200) throw new Error(`the webhook answered ${status}`);
}

const rowOf = (world: ApiWorld, { connectionId }: LinkNumber) =>
  world.db
    .selectFrom('connection')
    .where('id', '=', connectionId)
    .select(['state', 'pausedReason', 'probeDueAt', 'hasWaiting', 'accessToken', 'inboundHeldSince'])
    .executeTakeFirstOrThrow();

const openProblems = (world: ApiWorld, { connectionId }: LinkNumber) =>
  world.db
    .selectFrom('problem')
    .where('connectionId', '=', connectionId)
    .where('state', '=', 'open')
    .orderBy('kind')
    .select(['kind', 'reason', 'detail'])
    .execute();
