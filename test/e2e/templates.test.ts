import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Company, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';
import {
  type Dialogue,
  messagesOf,
  noteOnce,
  notesOn,
  problemOnce,
  problemsOf,
  sendCalls,
  sendPatiently,
  sentTo,
  startDialogueIn,
  untilReadAgain,
} from '../support/reply-world.ts';
import { approveTemplate, changeTemplate, templateOnce, templatesOf } from '../support/template-world.ts';

const APPOINTMENT = { name: 'appointment', language: 'en', body: 'We expect you at {{1}} on {{2}}' };
/** The network tells, and Parley reads: nothing but that is in between. */
const SECONDS = 10_000;

let parley: Parley;
let company: Company;
beforeAll(async () => {
  parley = await startParley();
  company = await connectCompany(parley, { templates: [APPOINTMENT] });
});
afterAll(() => parley?.stop());

async function send(dialogue: Dialogue, template: unknown) {
  const [message] = (await messagesOf(dialogue, { direction: 'inbound' })).filter(
    ({ planfixTask }) => planfixTask === dialogue.task,
  );
  return sendPatiently(parley, { conversationId: message?.conversationId, template });
}

type Sent = { type: string; template?: Record<string, unknown> };
const templatesTo = async (dialogue: Dialogue) => (await sentTo(dialogue)) as unknown as Sent[];

describe('the templates of a number', () => {
  it('are known when it is connected, with what is needed to send them', async () => {
    const template = await templateOnce(parley, company, 'appointment');
    expect(template).toMatchObject({
      ...{ language: 'en', status: 'approved', version: 1 },
      needs: { body: [{ placeholder: '1' }, { placeholder: '2' }] },
    });
    // Control: one that nobody told of is not known, until it is asked for.
    const { wabaId, connectionId } = company;
    await parley.sandbox.control('POST', 'graph/templates', { wabaId, ...APPOINTMENT, name: 'quiet', tell: false });
    expect((await templatesOf(parley, company)).map(({ name }) => name)).toEqual(['appointment']);
    const sync = await parley.rest<{ syncedAt: string }>('POST', '/v1/templates/sync', { connectionId });
    expect(Date.parse(sync.syncedAt)).toBeGreaterThan(Date.now() - SECONDS);
    expect((await templatesOf(parley, company)).map(({ name }) => name).sort()).toEqual(['appointment', 'quiet']);
  });

  it('are new versions when the network gives them another category or other words', async () => {
    const first = await approveTemplate(parley, company, { ...APPOINTMENT, name: 'changing', category: 'UTILITY' });
    expect(first).toMatchObject({ version: 1, category: 'utility' });
    await changeTemplate(parley, first.channelId, 'quality', { score: 'YELLOW' });
    await templateOnce(
      parley,
      company,
      'changing',
      ({ quality, version }) => quality === 'YELLOW' && version === 1,
      SECONDS,
    );
    await changeTemplate(parley, first.channelId, 'category', { category: 'MARKETING' });
    await templateOnce(
      parley,
      company,
      'changing',
      ({ version, category }) => version === 2 && category === 'marketing',
      SECONDS,
    );
    const components = [{ type: 'BODY', text: 'See you soon' }];
    await changeTemplate(parley, first.channelId, 'components', { components });
    await templateOnce(
      parley,
      company,
      'changing',
      ({ version, preview }) => version === 3 && preview === 'See you soon',
      SECONDS,
    );
    const old = await parley.rest('GET', `/v1/templates/${first.id}`);
    expect(old).toMatchObject({ version: 1, category: 'utility', replacedAt: expect.any(String), sendable: false });
  });

  it('that cannot be read for long are a problem, which ends by itself', async () => {
    const other = await connectCompany(parley, { templates: [APPOINTMENT] });
    const place = { parley, company: other };
    await templateOnce(parley, other, 'appointment');
    const path = `/${other.wabaId}/message_templates`;
    const { id } = await parley.sandbox.control<{ id: string }>('POST', 'faults', {
      ...{ target: 'graph', path, method: 'GET', kind: 'error', code: 200, times: 0 },
    });
    const sync = () =>
      parley.rest<{ failures: number; reason: string | null }>('POST', '/v1/templates/sync', {
        connectionId: other.connectionId,
      });
    const syncUntil = (what: string, isFailing: boolean) =>
      eventually(what, async () => {
        const state = await sync();
        return state.failures > 0 === isFailing ? state : undefined;
      });
    expect(await syncUntil('a reading that failed', true)).toMatchObject({ reason: 'credentials-rejected' });
    expect(await problemsOf(place)).toEqual([]);
    expect(await problemOnce(place, 'templates-unreadable')).toMatchObject({ reason: 'credentials-rejected' });
    // What was known stays known, and the number goes on sending.
    expect(await templatesOf(parley, other)).toHaveLength(1);
    expect(await parley.rest('GET', `/v1/connections/${other.connectionId}`)).toMatchObject({ state: 'connected' });
    await parley.sandbox.control('DELETE', `faults/${id}`);
    expect(await syncUntil('a reading that went well', false)).toMatchObject({ reason: null });
    expect(await problemsOf(place)).toEqual([]);
  });
});

describe('a template that is sent', () => {
  it('reaches the customer with file and buttons, and the task shows what they read', async () => {
    const invoice = {
      name: 'invoice',
      language: 'en',
      body: 'Dear {{name}}, here is your invoice.',
      footer: 'Acme',
      header: { format: 'DOCUMENT' },
      buttons: [
        { type: 'URL', text: 'Pay', url: 'https://pay.example/{{1}}', example: ['https://pay.example/1'] },
        { type: 'QUICK_REPLY', text: 'Call me' },
      ],
      parameterFormat: 'NAMED',
    };
    await approveTemplate(parley, company, invoice);
    const dialogue = await startDialogueIn(parley, company);
    const parameters = {
      header: { link: 'https://acme.example/7.pdf', name: 'Invoice 7.pdf' },
      body: { name: 'Jane' },
      buttons: ['7'],
    };
    const { status, body } = await send(dialogue, { name: 'invoice', language: 'en', parameters });
    expect([status, body.text]).toEqual([
      201,
      'Dear Jane, here is your invoice.\nAcme\n[Pay] https://pay.example/7\n[Call me]',
    ]);
    expect(await templatesTo(dialogue)).toMatchObject([
      {
        type: 'template',
        template: {
          header: { format: 'DOCUMENT', link: 'https://acme.example/7.pdf', filename: 'Invoice 7.pdf' },
          body: 'Dear Jane, here is your invoice.',
          footer: 'Acme',
          buttons: [{ text: 'Pay', url: 'https://pay.example/7' }, { text: 'Call me' }],
        },
      },
    ]);
    const note = await noteOnce(dialogue, 'Template invoice (en)');
    expect(note.description).toContain('Dear Jane, here is your invoice.');
    expect(note.description).toContain('https://acme.example/7.pdf');
    expect(note.notifiesContact).toBe(false);
  });

  it('is refused within seconds after the network has paused it, and nothing leaves', async () => {
    const template = { name: 'pausing', language: 'en', parameters: { body: ['five', 'Monday'] } };
    const { channelId } = await approveTemplate(parley, company, { ...APPOINTMENT, name: 'pausing' });
    const dialogue = await startDialogueIn(parley, company);
    // Control: before, it reaches the customer.
    expect((await send(dialogue, template)).status).toBe(201);
    expect(await templatesTo(dialogue)).toHaveLength(1);
    await changeTemplate(parley, channelId, 'pause');
    await templateOnce(parley, company, 'pausing', ({ status }) => status === 'paused', SECONDS);
    const refused = await send(dialogue, template);
    expect(refused).toMatchObject({ status: 422, body: { errors: [{ path: 'template.name' }] } });
    expect(JSON.stringify(refused.body)).toContain('paused');
    expect(await templatesTo(dialogue)).toHaveLength(1);
    await changeTemplate(parley, channelId, 'approve');
    await templateOnce(parley, company, 'pausing', undefined, SECONDS);
    expect((await send(dialogue, template)).status).toBe(201);
    expect(await templatesTo(dialogue)).toHaveLength(2);
  });

  it('is refused by the network when it was deleted after the check; the task says so, and it is tried once', async () => {
    const template = { name: 'deleted', language: 'en', parameters: { body: ['five', 'Monday'] } };
    const { channelId } = await approveTemplate(parley, company, { ...APPOINTMENT, name: 'deleted' });
    const other = await connectCompany(parley);
    await approveTemplate(parley, other, { ...APPOINTMENT, name: 'deleted' });
    await changeTemplate(parley, channelId, 'delete', { tell: false });
    const [dialogue, control] = [await startDialogueIn(parley, company), await startDialogueIn(parley, other)];
    const before = (await sendCalls(dialogue)).length;
    expect(await send(dialogue, template)).toMatchObject({
      status: 201,
      body: { state: 'refused', reason: 'invalid-request', reasonCode: 132001 },
    });
    const note = await noteOnce(dialogue, 'Not delivered to the customer:');
    expect(note.description).toContain('The template does not exist in this language, or is not approved yet.');
    expect(note.description).toContain('We expect you at five on Monday');
    await untilReadAgain(dialogue);
    expect(await templatesTo(dialogue)).toEqual([]);
    expect((await sendCalls(dialogue)).length - before).toBe(1);
    // The refusal itself tells that what was known is not true any more.
    await eventually('the template as gone', async () =>
      (await templatesOf(parley, company)).some(({ name }) => name === 'deleted') ? undefined : true,
    );
    expect(await send(dialogue, template)).toMatchObject({
      status: 422,
      body: { errors: [{ path: 'template.name' }] },
    });
    // Control: where it was not deleted it arrives, and the task says nothing of a failure.
    expect((await send(control, template)).status).toBe(201);
    expect(await templatesTo(control)).toHaveLength(1);
    await noteOnce(control, 'We expect you at five on Monday');
    expect(JSON.stringify(await notesOn(control))).not.toContain('Not delivered');
  });
});
