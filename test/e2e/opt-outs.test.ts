import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ask, connectMailer, mail, mailingOnce, phones, sentBy } from '../support/mailing-world.ts';
import { type Company, eventually, type Parley, planfixOf, startParley } from '../support/parley.ts';

let parley: Parley;
let company: Company;
beforeAll(async () => {
  parley = await startParley({ waits: { bulkPageMs: 1_000, bulkPageTimeoutMs: 10_000 } });
  await parley.sandbox.control('PUT', 'graph/settings', { pairLimit: false, autoRead: false });
  company = await connectMailer(parley, { settings: { marketingStopWords: ['Basta'] } });
});
afterAll(() => parley?.stop());

const OFFER = { template: { name: 'offer', language: 'en', parameters: { body: ['friend'] } } };
const digitsOf = (phone: string) => phone.replace(/\D/g, '');

type OptOut = {
  id: string;
  source: string;
  customerId: string;
  revokedSource: string | null;
  createdBy: string | null;
};
const optOuts = async (state = 'current') =>
  (
    await parley.rest<{ items: OptOut[] }>(
      'GET',
      `/v1/opt-outs?planfixAccountId=${company.planfixAccountId}&state=${state}`,
    )
  ).items;
const newestOnce = (what: string, isIt: (optOut: OptOut) => boolean, state?: string) =>
  eventually(what, async () => (await optOuts(state)).find(isIt));

/** Sends the offer to these; who got it, by their place in the list. */
async function whoGets(to: readonly string[], more: Record<string, unknown> = OFFER): Promise<number[]> {
  const before = (await sentBy(parley, company)).length;
  const { body, status } = await mail(parley, company, to, more);
  if (status === 422) return [];
  await mailingOnce(parley, body.id, 'done', ({ state }) => state === 'done');
  const sent = (await sentBy(parley, company)).slice(before).map((item) => digitsOf(item.to));
  return to.flatMap((phone, index) => (sent.includes(digitsOf(phone)) ? [index] : []));
}

async function introduce(phone: string): Promise<void> {
  await parley.sandbox.control('POST', 'graph/customers', { phone: digitsOf(phone), name: 'Jane Roe' });
}
const write = (phone: string, text: string) =>
  parley.sandbox.control('POST', 'graph/messages', {
    phoneNumberId: company.phoneNumberId,
    from: digitsOf(phone),
    text,
  });
const prefer = (phone: string, marketing: 'stop' | 'resume') =>
  parley.sandbox.control('POST', 'graph/preferences', {
    phoneNumberId: company.phoneNumberId,
    customer: digitsOf(phone),
    marketing,
  });

describe('a customer who wants no marketing', () => {
  it('says so by a word, gets none from then on, and some again when they allow it', async () => {
    const to = phones(3);
    await introduce(to[0] as string);
    await introduce(to[1] as string);
    await write(to[0] as string, 'Стоп!');
    await write(to[1] as string, 'basta');
    await eventually('both', async () => (await optOuts()).length >= 2 || undefined);
    expect((await optOuts()).map(({ source }) => source)).toEqual(['stop-word', 'stop-word']);
    expect(await whoGets(to)).toEqual([2]);
    // Control: what is no marketing reaches all of them.
    expect(await whoGets(to, {})).toEqual([0, 1, 2]);
    // The word itself is a message like any other.
    await eventually(
      'a task with the word',
      async () =>
        (await planfixOf(parley, company)).tasks.some(({ description }) => description.includes('Стоп!')) || undefined,
    );
    await write(to[0] as string, 'Start');
    await newestOnce('the word that took it back', ({ revokedSource }) => revokedSource === 'stop-word', 'revoked');
    expect(await whoGets(to)).toEqual([0, 2]);
  });

  it('says so in WhatsApp itself, and takes it back there', async () => {
    const to = phones(2);
    await introduce(to[0] as string);
    await prefer(to[0] as string, 'stop');
    await newestOnce('the preference', ({ source }) => source === 'preference');
    expect(await whoGets(to)).toEqual([1]);
    await prefer(to[0] as string, 'resume');
    await newestOnce('the preference that is back', ({ revokedSource }) => revokedSource === 'preference', 'revoked');
    expect(await whoGets(to)).toEqual([0, 1]);
  });

  it.each(['sync', 'async'])('is known by what the network refuses for it (%s)', async (marketingStopRefusal) => {
    await parley.sandbox.control('PUT', 'graph/settings', { marketingStopRefusal });
    const to = phones(2);
    await introduce(to[0] as string);
    await parley.sandbox.control('POST', 'graph/preferences', {
      phoneNumberId: company.phoneNumberId,
      customer: digitsOf(to[0] as string),
      marketing: 'stop',
      tell: false,
    });
    const before = new Set((await optOuts('all')).map(({ id }) => id));
    const { body } = await mail(parley, company, to, OFFER);
    await mailingOnce(parley, body.id, 'done', ({ state }) => state === 'done');
    const optOut = await newestOnce('the opt-out', ({ id }) => !before.has(id));
    expect(optOut.source).toBe('network-refusal');
    // The network would take it now, and is not even asked.
    await parley.sandbox.control('POST', 'graph/preferences', {
      phoneNumberId: company.phoneNumberId,
      customer: digitsOf(to[0] as string),
      marketing: 'resume',
      tell: false,
    });
    expect(await whoGets(to)).toEqual([1]);
    // Control: it is the ledger that holds it back.
    await ask(parley, 'DELETE', `/v1/opt-outs/${optOut.id}`);
    expect(await whoGets(to)).toEqual([0, 1]);
  });

  it('is put down by an operator, before they ever wrote, and taken out again', async () => {
    const to = phones(2);
    const { planfixAccountId } = company;
    const made = await ask<OptOut>(parley, 'POST', '/v1/opt-outs', { body: { planfixAccountId, to: to[0] } });
    expect([made.status, made.body.source, made.body.createdBy]).toEqual([201, 'operator', 'admin']);
    expect((await ask(parley, 'POST', '/v1/opt-outs', { body: { planfixAccountId, to: to[0] } })).status).toBe(200);
    expect(await whoGets(to)).toEqual([1]);
    const revoked = await ask<OptOut>(parley, 'DELETE', `/v1/opt-outs/${made.body.id}`);
    expect([revoked.status, revoked.body.revokedSource]).toEqual([200, 'operator']);
    expect(await whoGets(to)).toEqual([0, 1]);
    expect((await ask(parley, 'POST', '/v1/opt-outs', { body: { planfixAccountId, to: '12' } })).status).toBe(422);
  });

  it('is left out of a mailing that is under way already', async () => {
    const to = phones(120);
    const late = to[119] as string;
    await introduce(late);
    const { body } = await mail(parley, company, to, { ...OFFER, rate: 20 });
    await mailingOnce(parley, body.id, 'under way', ({ counts }) => (counts.accepted ?? 0) >= 3);
    await write(late, 'STOP');
    const done = await mailingOnce(parley, body.id, 'done', ({ state }) => state === 'done');
    expect([done.counts.accepted, done.counts.optedOut]).toEqual([119, 1]);
    const sent = (await sentBy(parley, company)).map((item) => digitsOf(item.to));
    expect(sent.includes(digitsOf(late))).toBe(false);
    // Control: the one before them got it.
    expect(sent.includes(digitsOf(to[118] as string))).toBe(true);
  });
});
