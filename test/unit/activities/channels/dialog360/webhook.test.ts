import { describe, expect, it } from '@jest/globals';
import { channelWebhooks } from '../../../../../activities/channels/webhooks.ts';

const webhook = channelWebhooks.dialog360;
const parse = (body: unknown) => webhook.parse(Buffer.from(JSON.stringify(body)));

const METADATA = { display_phone_number: '+49 30 5550100', phone_number_id: '36000' };
const MESSAGE = { from: '4915112345678', id: 'wamid.A', timestamp: '1793000000', type: 'text', text: { body: 'hi' } };
const value = { messaging_product: 'whatsapp', metadata: METADATA, messages: [MESSAGE] };
const envelope = (changes: object[]) => ({ object: 'whatsapp_business_account', entry: [{ id: '37000', changes }] });

describe('the number of an event', () => {
  it('is the phone, as customers of 360dialog know it', () => {
    expect(parse(envelope([{ field: 'messages', value }]))).toMatchObject([
      { kind: 'message', connectionKey: '49305550100', accountKey: '37000', channelMessageId: 'wamid.A' },
    ]);
  });

  it("is Meta's id where no phone is told", () => {
    const metadata = { phone_number_id: '36000' };
    expect(parse(envelope([{ field: 'messages', value: { ...value, metadata } }]))).toMatchObject([
      { kind: 'message', connectionKey: '36000' },
    ]);
  });
});

describe("a partner's wrapping", () => {
  const wrapped = (event: string, data: unknown) => ({ id: 'event-1', event, data });

  it('holds the value of a change, with the id of the account in it', () => {
    const found = parse(wrapped('messages', { id: '37000', ...value }));
    expect(found).toMatchObject([{ kind: 'message', connectionKey: '49305550100', accountKey: '37000' }]);
    expect(found[0]?.raw).toEqual(envelope([{ field: 'messages', value }]));
    expect(parse(found[0]?.raw)).toEqual(found);
  });

  it('may hold a whole envelope', () => {
    const [found] = parse(wrapped('messages', envelope([{ field: 'messages', value }])));
    expect(found).toEqual(parse(envelope([{ field: 'messages', value }]))[0]);
  });

  it('gives the history and the address book of the phone app', () => {
    const threads = [{ id: '4915112345678', messages: [{ ...MESSAGE, history_context: { status: 'READ' } }] }];
    const history = [{ metadata: { phase: 0, chunk_order: 1, progress: 55 }, threads }];
    const kinds = parse(wrapped('history', { id: '37000', metadata: METADATA, history })).map(({ kind }) => kind);
    expect(new Set(kinds)).toEqual(new Set(['history', 'history-progress']));
    const contact = { full_name: 'Ivan', phone_number: '4915112345678' };
    const sync = { id: '37000', metadata: METADATA, state_sync: [{ type: 'contact', contact, action: 'add' }] };
    const [people] = parse(wrapped('smb_app_state_sync', sync));
    expect(people).toMatchObject({ kind: 'contact-sync', connectionKey: '49305550100' });
    expect(webhook.readContactSync(people?.raw)).toMatchObject({ items: [{ customer: { name: 'Ivan' } }] });
  });

  it('gives news of the account', () => {
    const data = { id: '37000', event: 'PARTNER_REMOVED', phone_number: '49305550100' };
    expect(parse(wrapped('account_update', data))).toMatchObject([
      { kind: 'link', change: 'ended', accountKey: '37000' },
    ]);
    expect(parse(wrapped('message_template_status_update', { id: '37000', event: 'APPROVED' }))).toMatchObject([
      { kind: 'account-event', touches: 'templates' },
    ]);
  });

  it.each([
    ['no object', 'text'],
    ['nothing', null],
    ['a list', []],
  ])('with %s in it is kept, and not understood', (_what, data) => {
    expect(parse(wrapped('history', data))).toMatchObject([{ kind: 'unreadable' }]);
  });
});
