import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ids } from './sandbox-graph-business.ts';
import { type Fields, startReceiver } from './sandbox-graph-receiver.ts';
import { type GraphServer, startGraphServer, until } from './sandbox-graph-server.ts';

let server: GraphServer;

beforeAll(async () => {
  server = await startGraphServer();
});

beforeEach(() => server.reset());

afterAll(() => server.close());

const statusField = 'message_template_status_update';

async function put(change: Fields = {}): Promise<string> {
  const given = { wabaId: ids.waba, name: 'hello', language: 'en_US', body: 'Hi', ...change };
  return (await server.control('POST', '/graph/templates', given)).id;
}

const act = (id: string, action: string, more: Fields = {}) =>
  server.control('POST', `/graph/templates/${id}/${action}`, { wait: true, ...more });

async function statusOf(id: string): Promise<unknown> {
  return (await server.graph('GET', `/${id}?fields=status`)).json.status;
}

describe('the life of a template', () => {
  it.each<[string, Fields, string, Fields]>([
    ['approve', {}, 'APPROVED', { event: 'APPROVED', reason: 'NONE' }],
    [
      'reject',
      { reason: 'ABUSIVE_CONTENT', recommendation: 'Be kind.' },
      'REJECTED',
      {
        event: 'REJECTED',
        reason: 'ABUSIVE_CONTENT',
        rejection_info: { reason: 'ABUSIVE_CONTENT', recommendation: 'Be kind.' },
      },
    ],
    [
      'pause',
      {},
      'PAUSED',
      { event: 'PAUSED', other_info: { title: 'FIRST_PAUSE', description: expect.stringContaining('3 hours') } },
    ],
    ['pause', { stage: 'pacing' }, 'PAUSED', { other_info: expect.objectContaining({ title: 'RATE_LIMITING_PAUSE' }) }],
    ['disable', {}, 'DISABLED', { event: 'DISABLED', disable_info: { disable_date: expect.any(String) } }],
    ['flag', {}, 'PENDING', { event: 'FLAGGED' }],
    ['status', { status: 'IN_APPEAL' }, 'IN_APPEAL', { event: 'IN_APPEAL' }],
  ])('%s %j is told to the app', async (action, more, status, value) => {
    const id = await put({ status: 'PENDING' });
    expect(server.receiver.changes(statusField)).toEqual([]);
    expect(await act(id, action, more)).toMatchObject({ status, statuses: [200] });
    expect(await statusOf(id)).toBe(status);
    const [change] = server.receiver.changes(statusField);
    expect(change).toMatchObject({ account: ids.waba, time: expect.any(Number), value });
    expect(change?.value).toMatchObject({
      message_template_id: Number(id),
      message_template_name: 'hello',
      message_template_language: 'en_US',
      message_template_category: 'UTILITY',
    });
  });

  it('is not told where the call says so', async () => {
    const id = await put({ status: 'PENDING' });
    expect(await act(id, 'approve', { tell: false })).not.toHaveProperty('statuses');
    await act(id, 'flag');
    expect(server.receiver.changes(statusField).map(({ value }) => value.event)).toEqual(['FLAGGED']);
    await put({ name: 'other', tell: true });
    await until(() => server.receiver.changes(statusField).some(({ value }) => value.event === 'APPROVED'));
  });

  it('ends each pause by itself, and does not survive a third', async () => {
    const id = await put();
    const advance = (hours: number) => server.control('POST', '/clock', { advanceMs: hours * 3_600_000 });
    const told = () =>
      server.receiver.changes(statusField).map(({ value }) => [value.event, Object(value.other_info).title]);
    await server.control('POST', '/clock', { freeze: true });
    await act(id, 'pause');
    await advance(2.9);
    expect(await statusOf(id)).toBe('PAUSED');
    await advance(0.1);
    expect(await statusOf(id)).toBe('APPROVED');
    await until(() => told().length === 2);
    await act(id, 'pause');
    await advance(5.9);
    expect(await statusOf(id)).toBe('PAUSED');
    await advance(0.1);
    await until(() => told().length === 4);
    await act(id, 'pause');
    await advance(1_000);
    expect(await statusOf(id)).toBe('DISABLED');
    await act(id, 'approve');
    await until(() => told().length === 6);
    expect(told()).toEqual([
      ['PAUSED', 'FIRST_PAUSE'],
      ['APPROVED', 'UNPAUSED'],
      ['PAUSED', 'SECOND_PAUSE'],
      ['APPROVED', 'UNPAUSED'],
      ['DISABLED', 'DISABLED'],
      ['REINSTATED', undefined],
    ]);
  });

  it('a pause that was ended by hand does not end once more', async () => {
    const id = await put();
    await act(id, 'pause');
    await act(id, 'disable');
    await server.control('POST', '/clock', { advanceMs: 4 * 3_600_000 });
    expect(await statusOf(id)).toBe('DISABLED');
  });

  it('has a category that Meta announces to change, and changes', async () => {
    const id = await put();
    await act(id, 'category', { category: 'MARKETING', impending: true });
    expect((await server.graph('GET', `/${id}?fields=category,correct_category`)).json).toMatchObject({
      category: 'UTILITY',
      correct_category: 'MARKETING',
    });
    await act(id, 'category', { category: 'MARKETING' });
    expect((await server.graph('GET', `/${id}?fields=category,previous_category`)).json).toMatchObject({
      category: 'MARKETING',
      previous_category: 'UTILITY',
    });
    const values = server.receiver.changes('template_category_update').map(({ value }) => value);
    expect(values).toMatchObject([
      { message_template_id: Number(id), new_category: 'UTILITY', correct_category: 'MARKETING' },
      { message_template_id: Number(id), new_category: 'MARKETING', previous_category: 'UTILITY' },
    ]);
    expect(values[1]).not.toHaveProperty('correct_category');
  });

  it('has a quality and words that change at Meta', async () => {
    const id = await put();
    await act(id, 'quality', { score: 'RED' });
    const components = [
      { type: 'HEADER', format: 'TEXT', text: 'Head' },
      { type: 'BODY', text: 'Body {{1}}' },
      { type: 'FOOTER', text: 'Foot' },
      {
        type: 'BUTTONS',
        buttons: [
          { type: 'QUICK_REPLY', text: 'Yes' },
          { type: 'URL', text: 'Go', url: 'https://x.de' },
        ],
      },
    ];
    await act(id, 'components', { components });
    expect((await server.graph('GET', `/${id}`)).json).toMatchObject({ status: 'APPROVED', components });
    expect((await server.graph('GET', `/${id}?fields=quality_score`)).json).toMatchObject({
      quality_score: { score: 'RED', date: expect.any(Number) },
    });
    expect(server.receiver.changes('message_template_quality_update')[0]?.value).toMatchObject({
      previous_quality_score: 'UNKNOWN',
      new_quality_score: 'RED',
      message_template_id: Number(id),
    });
    expect(server.receiver.changes('message_template_components_update')[0]?.value).toEqual({
      message_template_id: Number(id),
      message_template_name: 'hello',
      message_template_language: 'en_US',
      message_template_title: 'Head',
      message_template_element: 'Body {{1}}',
      message_template_footer: 'Foot',
      message_template_buttons: [
        {
          message_template_button_type: 'URL',
          message_template_button_text: 'Go',
          message_template_button_url: 'https://x.de',
        },
      ],
    });
  });

  it('ends when Meta deletes it', async () => {
    const id = await put();
    await act(id, 'delete');
    expect((await server.graph('GET', `/${id}`)).json.error).toMatchObject({ error_subcode: 33 });
    expect(server.receiver.changes(statusField)).toMatchObject([{ value: { event: 'DELETED' } }]);
  });

  it('is told at the address of the app, whatever overrides there are, and to subscribed apps only', async () => {
    const other = await startReceiver();
    try {
      const override = { override_callback_uri: other.url, verify_token: ids.verifyToken };
      await server.graph('POST', `/${ids.waba}/subscribed_apps`, override);
      await act(await put(), 'flag');
      expect(server.receiver.changes(statusField)).toHaveLength(1);
      await server.write(ids.customer, 'messages follow it', { wait: true });
      expect(other.changes('messages')).toHaveLength(1);
      expect(other.changes(statusField)).toEqual([]);
      await server.graph('DELETE', `/${ids.waba}/subscribed_apps`);
      await act(await put(), 'flag');
      expect(server.receiver.changes(statusField)).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  it('is put there again under the same id', async () => {
    const id = await put({ body: 'Hi {{name}}', footer: 'Bye', quality: 'GREEN' });
    expect(await put({ body: 'Hello' })).toBe(id);
    const { items } = await server.control('GET', `/graph/templates?phoneNumberId=${ids.number}`);
    expect(items).toMatchObject([{ id, body: 'Hello', parameterFormat: 'POSITIONAL', status: 'APPROVED' }]);
    expect(items[0]).not.toHaveProperty('footer');
  });

  it.each<[string, string, Fields, number]>([
    ['an unknown template', '/graph/templates/1/approve', {}, 404],
    ['an unknown action', '/graph/templates/:id/praise', {}, 404],
    ['a wrong stage', '/graph/templates/:id/pause', { stage: 'third' }, 400],
    ['no category', '/graph/templates/:id/category', {}, 400],
    ['no words', '/graph/templates', { wabaId: ids.waba, name: 'x', language: 'en' }, 400],
    ['long words', '/graph/templates', { wabaId: ids.waba, name: 'x', language: 'en', body: 'x'.repeat(1025) }, 400],
    ['no account', '/graph/templates', { wabaId: '1', name: 'x', language: 'en', body: 'x' }, 404],
  ])('control refuses %s', async (_what, path, more, status) => {
    const id = await put();
    const answer = await server.call('POST', `/control${path.replace(':id', id)}`, more);
    expect(answer).toMatchObject({ status, json: { error: expect.any(String) } });
  });
});

describe('the quality of a number', () => {
  const change = (more: Fields) => server.control('POST', `/graph/numbers/${ids.number}`, { wait: true, ...more });
  const events = () => server.receiver.changes('phone_number_quality_update').map(({ value }) => value.event);

  it('is told when it falls, rises, or its throughput does', async () => {
    await change({ qualityRating: 'RED' });
    await change({ qualityRating: 'RED' });
    await change({ qualityRating: 'YELLOW' });
    await change({ qualityRating: 'GREEN', tell: false });
    await change({ throughputLevel: 'HIGH' });
    expect(events()).toEqual(['FLAGGED', 'UNFLAGGED', 'THROUGHPUT_UPGRADE']);
    const [first] = server.receiver.changes('phone_number_quality_update');
    expect(first).toMatchObject({ account: ids.waba, time: expect.any(Number) });
    expect(first?.value.display_phone_number).toMatch(/^\d+$/);
  });
});
