import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  companyAtDialog360,
  connectHosted,
  type HostedNumber,
  hostedNumber,
  hostNumber,
} from '../support/dialog360-world.ts';
import { aFile, commentWithFiles, filesOfCustomer, HEADS, receivedOnce, sendFile } from '../support/files.ts';
import { withDatabase } from '../support/inbound-faults.ts';
import { type Company, connectCompany, eventually, type Parley, startParley, writeAs } from '../support/parley.ts';
import {
  commentOn,
  type Dialogue,
  messageOnce,
  messagesOf,
  sentTo,
  startDialogueIn,
  taskOf,
  textsOnceThereAre,
} from '../support/reply-world.ts';
import { templateOnce } from '../support/template-world.ts';

const KB = 1_024;
const APPOINTMENT = { name: 'appointment', language: 'en', body: 'We expect you at {{1}}' };

let parley: Parley;
let hosted: HostedNumber;
/** Its Planfix account has a number at Meta, too. */
let atMeta: Company;
let company: Company;

beforeAll(async () => {
  parley = await startParley({ waits: { selfCheckMs: 2_000 } });
  atMeta = await connectCompany(parley);
  hosted = await hostNumber(parley);
  await parley.sandbox.control('POST', 'graph/templates', { wabaId: hosted.wabaId, ...APPOINTMENT });
  company = await companyAtDialog360(parley, atMeta, hosted);
});

afterAll(() => parley?.stop());

const addressOf = async ({ phone }: HostedNumber) => (await hostedNumber(parley, phone)).webhook?.url;
const change = ({ phone }: HostedNumber, webhook: { url: string } | null) =>
  parley.sandbox.control('POST', `dialog360/numbers/${encodeURIComponent(phone)}`, { webhook });

const refusalOf = (body: Record<string, unknown>) => body.errors as { path: string; message: string; remedy: string }[];

describe('connecting a number at 360dialog', () => {
  it('takes phone and key, and makes 360dialog send its webhooks here', async () => {
    const { webhook } = await hostedNumber(parley, hosted.phone);
    expect(webhook?.url).toMatch(
      new RegExp(`^${parley.api.url}/webhooks/dialog360/${company.connectionId}/[\\w-]{20,}$`),
    );
    const connection = await parley.rest<Record<string, unknown>>('GET', `/v1/connections/${company.connectionId}`);
    const digits = hosted.phone.slice(1);
    expect(connection).toMatchObject({
      ...{ provider: 'dialog360', state: 'connected', metaAppId: null, phoneNumberId: digits, wabaId: digits },
    });
    expect(JSON.stringify(connection)).not.toContain(hosted.apiKey);
  });

  it("takes the demo's number by what the sandbox's page shows of it", async () => {
    const seed = () => parley.sandbox.control<{ dialog360: { phone: string; apiKey: string } }>('POST', 'seed', {});
    const { dialog360: shown } = await seed();
    // Control: with another key it is nobody's.
    expect((await connectHosted(parley, atMeta, { ...shown, apiKey: 'another' })).status).toBe(422);
    const { status, body } = await connectHosted(parley, atMeta, shown);
    expect([status, body.state]).toEqual([201, 'connected']);
    const { webhook } = await hostedNumber(parley, shown.phone.replaceAll(' ', ''));
    expect(webhook?.url).toContain(body.id);
    await seed();
    expect(await hostedNumber(parley, shown.phone.replaceAll(' ', ''))).toMatchObject({ webhook });
  });

  it('refuses a key that 360dialog does not know, and keeps nothing', async () => {
    const other = await hostNumber(parley);
    const { status, body } = await connectHosted(parley, company, { ...other, apiKey: 'of-nobody' });
    expect(status).toBe(422);
    expect(refusalOf(body)).toMatchObject([{ path: 'apiKey', remedy: expect.stringContaining('360dialog') }]);
    const { items } = await parley.rest<{ items: { phoneNumberId: string }[] }>('GET', '/v1/connections');
    expect(items.map(({ phoneNumberId }) => phoneNumberId)).not.toContain(other.phone.slice(1));
  });

  it('refuses the key of another number', async () => {
    const [one, other] = await Promise.all([hostNumber(parley), hostNumber(parley)]);
    const { status, body } = await connectHosted(parley, company, { phone: one.phone, apiKey: other.apiKey });
    expect(status).toBe(422);
    expect(refusalOf(body).map(({ path }) => path)).toContain('phone');
  });

  it('refuses a second connection of the number', async () => {
    expect((await connectHosted(parley, company, hosted)).status).toBe(409);
  });
});

describe('a customer of a number at 360dialog', () => {
  let dialogue: Dialogue;
  beforeAll(async () => {
    dialogue = await startDialogueIn(parley, company);
  });

  it('gets a task, and the answer to it', async () => {
    expect(await taskOf(dialogue)).toMatchObject({ description: 'Hello' });
    await commentOn(dialogue, { html: 'Good <b>morning</b>' });
    expect(await textsOnceThereAre(dialogue, 1)).toEqual(['Good *morning*']);
    await messageOnce(dialogue, 'Good *morning*', ['delivered', 'read']);
  });

  it('sends a file, and gets one', async () => {
    await sendFile(dialogue, { kind: 'document', filename: 'order.pdf' });
    const [sent] = await filesOfCustomer(dialogue);
    const comment = await eventually('the file in the task', async () => {
      const task = (await taskOf(dialogue)) as unknown as { comments: { files: { name: string; sha256: string }[] }[] };
      return task.comments.find(({ files }) => files.length > 0);
    });
    expect(comment.files).toMatchObject([{ name: 'order.pdf', sha256: sent?.sha256 }]);
    await commentWithFiles(dialogue, [aFile('photo.jpg', 50 * KB, HEADS.jpg)], 'Here it is');
    const received = await receivedOnce(dialogue, 2);
    expect(received.at(-1)).toMatchObject({ type: 'image', text: 'Here it is' });
  });

  it('gets a template of the account', async () => {
    await templateOnce(parley, company, 'appointment');
    const [message] = (await messagesOf(dialogue, { direction: 'inbound' })).filter(
      ({ planfixTask }) => planfixTask === dialogue.task,
    );
    const template = { name: 'appointment', language: 'en', parameters: { body: ['ten'] } };
    await parley.rest('POST', '/v1/messages', { conversationId: message?.conversationId, template });
    await eventually('the template in the chat', async () =>
      ((await sentTo(dialogue)) as unknown as { template?: { body: string } }[]).find(
        (one) => one.template?.body === 'We expect you at ten',
      ),
    );
  });

  it('is heard again after the api was away: 360dialog goes on trying', async () => {
    await parley.api.stop('SIGKILL', 1_000);
    await writeAs(parley, company, dialogue.customer, 'is anybody there?');
    parley.api = await parley.api.startAgain();
    await parley.sandbox.control('POST', 'graph/deliveries/retry');
    await eventually('the comment', async () =>
      (await taskOf(dialogue))?.comments.find(({ description }) => description.includes('is anybody there?')),
    );
  });
});

describe('the address at 360dialog', () => {
  it('is set again when it is gone, and left alone when it is another one, which is told', async () => {
    const own = await hostNumber(parley);
    const { connectionId } = await companyAtDialog360(parley, company, own);
    const ours = await addressOf(own);
    await change(own, null);
    await eventually('the address again', async () => ((await addressOf(own)) === ours ? true : undefined));
    await change(own, { url: 'https://somebody.example/else' });
    await eventually('the finding', async () => {
      type Health = { name: string; ok: boolean; code: string };
      const { health } = await parley.rest<{ health: Health[] }>('GET', `/v1/connections/${connectionId}`);
      return health.find(({ name, ok, code }) => name === 'subscription' && !ok && code === 'webhook-misdirected');
    });
    expect(await addressOf(own)).toBe('https://somebody.example/else');
    await parley.rest('POST', `/v1/connections/${connectionId}/check`);
    expect(await addressOf(own)).toBe(ours);
  });
});

describe('an attempt to connect that is refused', () => {
  it('leaves the webhook of the number whose key it names where it is', async () => {
    const [own, other] = await Promise.all([hostNumber(parley), hostNumber(parley)]);
    const { connectionId } = await companyAtDialog360(parley, company, own);
    const before = await addressOf(own);
    expect((await connectHosted(parley, company, { phone: other.phone, apiKey: own.apiKey })).status).toBe(422);
    expect(await addressOf(own)).toBe(before);
    // Neither does a wrong key for a number that is in use: it may be the key of one that is heard elsewhere.
    await change(other, { url: 'https://somebody.example/else' });
    const body = JSON.stringify({ accessToken: other.apiKey });
    const headers = { authorization: `Bearer ${parley.world.adminKey}`, 'content-type': 'application/json' };
    const url = `${parley.api.url}/v1/connections/${connectionId}`;
    expect((await fetch(url, { method: 'PATCH', headers, body })).status).toBe(422);
    expect(await addressOf(other)).toBe('https://somebody.example/else');
  });

  it('leaves it where it is when only Planfix is wrong, and takes it when nothing is (control)', async () => {
    const own = await hostNumber(parley);
    await change(own, { url: 'https://somebody.example/else' });
    expect((await connectHosted(parley, company, own, { taskTemplate: 99_999 })).status).toBe(422);
    expect(await addressOf(own)).toBe('https://somebody.example/else');
    const { status, body } = await connectHosted(parley, company, own);
    expect(status).toBe(201);
    expect(await addressOf(own)).toContain(body.id);
  });
});

describe('the key of a number at 360dialog', () => {
  it('pauses the connection when it is revoked, and a new one lets everything flow', async () => {
    const own = await hostNumber(parley);
    const place = { parley, company: await companyAtDialog360(parley, company, own) };
    const dialogue = await startDialogueIn(parley, place.company);
    const path = `dialog360/numbers/${encodeURIComponent(own.phone)}`;
    await parley.sandbox.control('POST', path, { apiKey: 'the-new-key' });
    await commentOn(dialogue, { html: 'held up' });
    const state = async () =>
      parley.rest<{ state: string; pausedReason: string }>('GET', `/v1/connections/${place.company.connectionId}`);
    await eventually('the pause', async () => ((await state()).state === 'paused' ? true : undefined));
    expect(await state()).toMatchObject({ pausedReason: 'credentials-rejected' });
    await parley.rest('PATCH', `/v1/connections/${place.company.connectionId}`, { accessToken: 'the-new-key' });
    await messageOnce(dialogue, 'held up', ['sent', 'delivered', 'read']);
  });

  it('is nowhere in the database in the open', async () => {
    const found = await withDatabase(parley, (db) =>
      db
        .selectFrom('connection')
        .where('provider', '=', 'dialog360')
        .select(['accessToken', 'webhookSecret'])
        .execute(),
    );
    expect(found.length).toBeGreaterThan(0);
    for (const { accessToken, webhookSecret } of found) {
      expect(accessToken?.toString('latin1')).not.toContain(hosted.apiKey);
      expect(webhookSecret?.length).toBeGreaterThan(20);
    }
  });
});

describe('both roads of one company', () => {
  it('lead to the same contact', async () => {
    const { customer, contact } = await startDialogueIn(parley, company);
    await writeAs(parley, atMeta, customer, 'and to the other number');
    const text = 'and to the other number';
    await eventually('the other message as posted', async () =>
      (await messagesOf({ parley, company: atMeta }, { state: 'posted' })).find((message) => message.text === text),
    );
    const { contacts } = await parley.sandbox.control<{ contacts: { id: number; phones: unknown }[] }>(
      'GET',
      `planfix/${company.account}`,
    );
    const own = contacts.filter(({ phones }) => JSON.stringify(phones).includes(customer.phone.slice(-9)));
    expect(own.map(({ id }) => `contact:${id}`)).toEqual([contact]);
  });
});
