import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids, numberOf } from './sandbox-graph-business.ts';
import { type Change, type Fields, parseJson } from './sandbox-graph-receiver.ts';
import { type Answer, type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;
const onPhone = '400900';
const waba = '300900';
const token = 'token-of-the-phone';
const digits = '15550400900';
const dayMs = 24 * 3_600_000;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(async () => {
  await server.reset();
  const { accessToken: _token, ...number } = numberOf(onPhone, { kind: 'business-app', wabaId: waba });
  await server.control('POST', '/graph/numbers', number);
});

afterAll(() => server.close());

const graph = (method: string, path: string, body?: unknown): Promise<Answer> =>
  server.call(method, `/graph/v26.0${path}`, body, { authorization: `Bearer ${token}` });
const subscribe = () => graph('POST', `/${waba}/subscribed_apps`);
const sync = (type: string, number = onPhone) =>
  graph('POST', `/${number}/smb_app_data`, { messaging_product: 'whatsapp', sync_type: type });
const codeOf = ({ status, json }: Answer) => (status === 200 ? 0 : json.error.code);
const put = (history: Fields) => server.control('PUT', `/graph/numbers/${onPhone}/history`, history);
const shown = () => server.control('GET', `/graph/numbers/${onPhone}/history`);

/** The owner goes through Embedded Signup; the product has a token for the account. */
async function link(more: Fields = {}): Promise<void> {
  await server.control('POST', '/graph/sign-ups', { appId: ids.app, phoneNumberId: onPhone, ...more });
  await server.control('POST', '/graph/tokens', { accessToken: token, appId: ids.app, wabaIds: [waba] });
}

type Chunk = {
  metadata: { phase: number; chunk_order: number; progress: number };
  threads: Thread[];
  errors: Fields[];
};
type Thread = Fields & { id?: string; context?: Fields; messages: (Fields & { id: string; timestamp: string })[] };

const chunksOf = (changes: Change[]): Chunk[] =>
  changes.flatMap(({ value }) => (value.history === undefined ? [] : (value.history as Chunk[])));
const told = () => server.receiver.changes('history');
const chunks = () => chunksOf(told());
const heard = (count: number) => until(() => (chunks().length >= count ? chunks() : undefined));

describe('smb_app_data', () => {
  it('can be asked for once of each type', async () => {
    await link();
    await subscribe();
    expect(await sync('history')).toMatchObject({
      status: 200,
      json: { messaging_product: 'whatsapp', request_id: expect.any(String) },
    });
    expect(codeOf(await sync('smb_app_state_sync'))).toBe(0);
    expect([codeOf(await sync('history')), codeOf(await sync('smb_app_state_sync'))]).toEqual([2593107, 2593107]);
    expect(codeOf(await sync('shoes'))).toBe(100);
  });

  it('is too late after a day, and can be asked for again once the number was linked anew', async () => {
    await link();
    await server.control('POST', '/clock', { advanceMs: dayMs - 60_000 });
    expect(codeOf(await sync('history'))).toBe(0);
    await server.control('POST', '/clock', { advanceMs: 120_000 });
    expect(codeOf(await sync('smb_app_state_sync'))).toBe(2593108);
    // Signing up while it is linked is no new beginning.
    await link();
    expect([codeOf(await sync('history')), codeOf(await sync('smb_app_state_sync'))]).toEqual([2593107, 2593108]);
    await server.control('POST', `/graph/wabas/${waba}/events`, { event: 'PARTNER_REMOVED' });
    await link();
    expect([codeOf(await sync('history')), codeOf(await sync('smb_app_state_sync'))]).toEqual([0, 0]);
  });

  it('is nothing for numbers that are only on the platform', async () => {
    await server.control('POST', '/graph/tokens', { accessToken: token, appId: ids.app, wabaIds: [ids.waba] });
    expect(codeOf(await sync('history', ids.number))).toBe(100);
  });
});

describe('a number in the phone app', () => {
  it('is seen by nobody before it is linked', async () => {
    await server.control('POST', '/graph/tokens', { accessToken: token, appId: ids.app, wabaIds: [ids.waba] });
    expect((await graph('GET', `/${onPhone}`)).json.error).toMatchObject({ code: 100, error_subcode: 33 });
    await link();
    expect((await graph('GET', `/${onPhone}?fields=is_on_biz_app`)).json).toMatchObject({ is_on_biz_app: true });
  });

  it('sends fewer messages a second than others do', async () => {
    await link();
    await subscribe();
    await server.control('POST', '/graph/messages', { phoneNumberId: onPhone, from: ids.customer, text: 'Hi' });
    await server.control('PUT', '/graph/settings', { numberPerSecondOnApp: 1 });
    const message = { messaging_product: 'whatsapp', to: `+${ids.customer}`, text: { body: 'x' } };
    const sent = await Promise.all(Array.from({ length: 30 }, () => graph('POST', `/${onPhone}/messages`, message)));
    expect(sent.map(codeOf)).toContain(130429);
  });
});

const old = (text: string, daysAgo: number, from = 'customer') => ({ from, text, daysAgo });

describe('history', () => {
  it('comes in chunks of each phase, out of order, with what was said', async () => {
    const messages = [
      old('now', 0.5),
      old('mine', 20, 'business'),
      old('then', 20),
      old('long ago', 100),
      old('gone', 190),
    ];
    await put({ threads: [{ phone: '491713920777', name: 'Berta', messages }], chunkMessages: 1 });
    await link();
    await subscribe();
    await sync('history');
    const all = await heard(4);
    expect(all.map(({ metadata }) => metadata.progress)).not.toEqual([25, 50, 75, 100]);
    const inOrder = [...all].sort((a, b) => a.metadata.progress - b.metadata.progress);
    expect(inOrder.map(({ metadata }) => metadata)).toEqual([
      { phase: 0, chunk_order: 1, progress: 25 },
      { phase: 1, chunk_order: 1, progress: 50 },
      { phase: 1, chunk_order: 2, progress: 75 },
      { phase: 2, chunk_order: 1, progress: 100 },
    ]);
    const texts = inOrder
      .flatMap(({ threads }) => threads.flatMap((thread) => thread.messages))
      .map(({ text }) => text);
    expect(texts).toEqual(['now', 'mine', 'then', 'long ago'].map((body) => ({ body })));
    expect(told()[0]?.value).toMatchObject({ metadata: { display_phone_number: digits, phone_number_id: onPhone } });
    const [mine] = inOrder[1]?.threads[0]?.messages ?? [];
    expect(mine).toMatchObject({ from: digits, to: '491713920777', type: 'text', history_context: { status: 'READ' } });
    // Counted when the answer to it is there.
    await until(async () => (await shown()).toldChunks === 4);
    expect(await shown()).toMatchObject({ toldChunks: 4, toldMessages: 4, isLost: false });
  });

  it('can be told in order, which is the exception', async () => {
    const messages = [old('1', 0.5), old('2', 20), old('3', 100)];
    await put({ threads: [{ phone: '491713920777', messages }], chunkMessages: 1, order: 'in-order' });
    await link();
    await subscribe();
    await sync('history');
    expect((await heard(3)).map(({ metadata }) => metadata.progress)).toEqual([33, 66, 100]);
  });

  it('has threads with a context, without one, and of people whose phone is hidden', async () => {
    await put({
      threads: [
        { phone: '491713920701', name: 'New', messages: [old('a', 1.5), old('b', 1.6, 'business')] },
        { phone: '491713920702', name: 'Old', context: false, to: false, messages: [old('c', 1.5, 'business')] },
        { bsuid: 'DE.1349120865530274', username: 'hidden.one', messages: [old('d', 1.5), old('e', 1.6, 'business')] },
      ],
    });
    await link();
    await subscribe();
    await sync('history');
    const [{ threads } = { threads: [] as Thread[] }] = await heard(1);
    const [named, plain] = ['491713920701', '491713920702'].map((id) => threads.find((thread) => thread.id === id));
    const hidden = threads.find((thread) => thread.context?.username === 'hidden.one');
    expect(named).toMatchObject({
      id: '491713920701',
      context: { wa_id: '491713920701', user_id: expect.any(String) },
    });
    expect(plain).not.toHaveProperty('context');
    expect(plain?.messages[0]).not.toHaveProperty('to');
    expect(hidden).not.toHaveProperty('id');
    expect(hidden?.context).toEqual({ user_id: 'DE.1349120865530274', username: 'hidden.one' });
    const [written, received] = [...(hidden?.messages ?? [])].sort((a, b) => Number(a.timestamp) - Number(b.timestamp));
    expect(written).toMatchObject({ from: digits, to_user_id: 'DE.1349120865530274' });
    expect(written).not.toHaveProperty('to');
    expect(received).toMatchObject({ from_user_id: 'DE.1349120865530274' });
    expect(received).not.toHaveProperty('from');
  });

  it('has placeholders for files, and sends those of the last two weeks afterwards', async () => {
    const media = { kind: 'image', size: 1_000, caption: 'Look' };
    const messages = [
      { from: 'customer', media, daysAgo: 3, id: 'wamid.recent' },
      { from: 'business', media, daysAgo: 2, id: 'wamid.own' },
      { from: 'customer', media, daysAgo: 20, id: 'wamid.older' },
    ];
    await put({ threads: [{ phone: '491713920777', messages }] });
    await link();
    await subscribe();
    await sync('history');
    await until(async () => (await shown()).toldFiles === 2);
    const said = chunks().flatMap(({ threads }) => threads.flatMap((thread) => thread.messages));
    expect(said.map(({ type }) => type)).toEqual(Array(3).fill('media_placeholder'));
    const files = told().filter(({ value }) => value.history === undefined);
    const received = files.flatMap(({ value }) => value.messages ?? []);
    const own = files.flatMap(({ value }) => (value.message_echoes as Fields[] | undefined) ?? []);
    expect(received).toMatchObject([{ id: 'wamid.recent', type: 'image', image: { caption: 'Look' } }]);
    expect(own).toMatchObject([{ id: 'wamid.own', from: digits, to: '491713920777', type: 'image' }]);
    const { id } = Object(received[0]?.image) as { id: string };
    expect(await graph('GET', `/${id}?phone_number_id=${onPhone}`)).toMatchObject({ json: { file_size: '1000' } });
  });

  it('can be thousands of messages', async () => {
    await put({ generate: { threads: 40, messagesPerThread: 100, days: 60 }, chunkMessages: 1_500 });
    await link();
    await subscribe();
    await sync('history');
    await until(async () => (await shown()).toldMessages === 4_000);
    const wamids = chunks().flatMap(({ threads }) => threads.flatMap(({ messages }) => messages.map(({ id }) => id)));
    expect([wamids.length, new Set(wamids).size]).toEqual([4_000, 4_000]);
    expect(Math.max(...chunks().map(({ metadata }) => metadata.progress))).toBe(100);
  });

  it('opens no window', async () => {
    await put({ threads: [{ phone: '491713920777', messages: [old('recent', 0.1)] }] });
    await link();
    await subscribe();
    const message = { messaging_product: 'whatsapp', to: '+491713920777', text: { body: 'x' } };
    expect(codeOf(await graph('POST', `/${onPhone}/messages`, message))).toBe(0);
    await until(() => server.receiver.statuses().find(({ status }) => status === 'failed'));
    expect(server.receiver.statuses()[0]?.errors).toMatchObject([{ code: 131047 }]);
  });

  it.each(['enveloped', 'bare'])('is declined in the shape %s', async (declined) => {
    await put({ declined, threads: [{ phone: '491713920777', messages: [old('secret', 1)] }] });
    await link();
    await subscribe();
    await sync('history');
    await until(() => server.receiver.received.some(({ raw }) => raw.includes('2593109')));
    const body = server.receiver.received.map(({ raw }) => parseJson(raw.toString())).find(hasHistory);
    const value = declined === 'bare' ? body : Object(body).entry[0].changes[0].value;
    expect(Object.hasOwn(Object(body), 'entry')).toBe(declined === 'enveloped');
    expect(value).toMatchObject({ metadata: { phone_number_id: onPhone }, history: [{ errors: [{ code: 2593109 }] }] });
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it('is declined where the owner said so in the sign-up', async () => {
    await link({ sharesHistory: false });
    await subscribe();
    await sync('history');
    expect((await heard(1))[0]?.errors).toMatchObject([{ code: 2593109 }]);
  });

  it('is lost when nobody is subscribed to it at the time', async () => {
    await put({ threads: [{ phone: '491713920777', messages: [old('lost', 1)] }] });
    await link();
    await server.control('POST', `/graph/apps/${ids.app}`, { fields: ['messages', 'account_update'] });
    await subscribe();
    expect(codeOf(await sync('history'))).toBe(0);
    await server.control('POST', `/graph/apps/${ids.app}`, { fields: null });
    expect(await shown()).toMatchObject({ isLost: true, toldChunks: 0 });
    expect([codeOf(await sync('history')), chunks()]).toEqual([2593107, []]);
  });
});

const hasHistory = (body: Fields): boolean => JSON.stringify(body).includes('"history"');

describe('the address book', () => {
  const contacts = () =>
    server.receiver.changes('smb_app_state_sync').flatMap(({ value }) => value.state_sync as Fields[]);

  it('comes once it is asked for, and every later change with it', async () => {
    await put({
      contacts: [
        { phone: '491713920701', name: 'Ada Vogel' },
        { bsuid: 'DE.1349120865530275', name: 'Somebody' },
      ],
    });
    await link();
    await subscribe();
    const change = (body: Fields) =>
      server.control('POST', `/graph/numbers/${onPhone}/contacts`, { phone: '491713920701', wait: true, ...body });
    expect(await change({ name: 'Ada' })).toMatchObject({ isTold: false });
    await sync('smb_app_state_sync');
    const first = await until(() => (contacts().length === 2 ? contacts() : undefined));
    expect(first).toMatchObject([
      {
        type: 'contact',
        action: 'add',
        contact: { full_name: 'Ada', first_name: 'Ada', phone_number: '491713920701' },
      },
      { type: 'contact', action: 'add', contact: { full_name: 'Somebody', user_id: 'DE.1349120865530275' } },
    ]);
    expect(first[1]?.contact).not.toHaveProperty('phone_number');
    expect(await change({ name: 'Ada Lovelace' })).toMatchObject({ isTold: true, statuses: [200] });
    await change({ action: 'remove' });
    const [edited, removed] = contacts().slice(2);
    expect(edited).toMatchObject({ action: 'add', contact: { full_name: 'Ada Lovelace', first_name: 'Ada' } });
    expect(removed).toMatchObject({ action: 'remove', contact: { phone_number: '491713920701' } });
    expect(removed?.contact).not.toHaveProperty('full_name');
  });
});
