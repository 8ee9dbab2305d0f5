import { describe, expect, it } from '@jest/globals';
import { all, aPlanfix, bodyOf, failureOf, NOW_MS, noAnswer, type Reply, range, success } from './fake-planfix.ts';

describe('contacts', () => {
  const contact = (id: number, number: string, rest: object = {}) => ({
    id,
    name: 'Jane',
    phones: [{ number }],
    ...rest,
  });

  it('are searched variant by variant and compared by the caller over all pages', async () => {
    const first = range(1, 101).map((id) => contact(id, '+44 1'));
    const { client, sent, gates } = aPlanfix([
      success({ contacts: first }),
      success({
        contacts: [...first.slice(95), contact(200, '+44 (20) 7'), contact(150, '0 44-20-7', { isDeleted: true })],
      }),
    ]);
    const found = await client.findContactsByPhone({
      digits: ['44207', '207'],
      matches: (phone) => phone.replace(/\D/g, '').endsWith('44207'),
    });
    expect(found).toEqual([
      { id: 150, name: 'Jane', phones: ['0 44-20-7'], isCompany: false, isDeleted: true, sourceObjectId: undefined },
      { id: 200, name: 'Jane', phones: ['+44 (20) 7'], isCompany: false, isDeleted: false, sourceObjectId: undefined },
    ]);
    expect(sent.map((request) => bodyOf(request).offset)).toEqual([0, 95]);
    expect(bodyOf(sent[0]).filters).toEqual([{ type: 4003, operator: 'equal', value: '44207' }]);
    expect(gates()).toBe(2);
  });

  it('are searched by the next variant when none matches, companies in a search of their own', async () => {
    const { client, sent } = aPlanfix([
      success({ contacts: [contact(1, '999')] }),
      success({ contacts: [] }),
      success({ contacts: [] }),
      success({ contacts: [contact(2, '44', { isCompany: true })] }),
    ]);
    const found = await client.findContactsByPhone({
      digits: ['44', '4'],
      matches: (p) => p === '44',
      companies: true,
    });
    expect(found.map(({ id }) => id)).toEqual([2]);
    expect(sent.map((request) => [bodyOf(request).isCompany, bodyOf(request).filters])).toEqual([
      [false, [{ type: 4003, operator: 'equal', value: '44' }]],
      [true, [{ type: 4003, operator: 'equal', value: '44' }]],
      [false, [{ type: 4003, operator: 'equal', value: '4' }]],
      [true, [{ type: 4003, operator: 'equal', value: '4' }]],
    ]);
  });

  it('of a search that breaks off are never taken for absent', async () => {
    const full = range(1, 101).map((id) => contact(id, '1'));
    const { client } = aPlanfix([success({ contacts: full }), noAnswer('maybe')]);
    const failure = await failureOf(client.findContactsByPhone({ digits: ['44'], matches: () => false }));
    expect(failure).toMatchObject({ kind: 'unavailable' });
  });

  it.each([
    ['found', success({ contact: contact(12, '44') }), { kind: 'found', contact: { id: 12 } }],
    [
      'merged',
      success({ contact: { id: 'contact:15', name: 'Jane' } }),
      { kind: 'merged', contact: { id: 15, phones: [] } },
    ],
    ['missing', { status: 404, body: { result: 'fail', code: 2000 } }, { kind: 'missing' }],
  ])('are looked up: %s', async (_, reply, expected) => {
    const { client, sent } = aPlanfix([reply]);
    expect(await client.getContact(12)).toMatchObject(expected);
    expect(sent[0]?.url).toMatch(/\/rest\/contact\/12\?fields=id%2Cname/);
  });

  it('are created with a phone, a template and fields', async () => {
    const { client, sent } = aPlanfix([success({ id: 'contact:12' }, 201)]);
    const made = await client.createContact({
      name: 'Jane Roe',
      phone: '+44207',
      templateId: 20,
      sourceObjectId: 'c7f2',
      customFields: [{ fieldId: 40, value: 'x' }],
    });
    expect(made).toEqual({ id: 12, failures: [] });
    expect(bodyOf(sent[0])).toEqual({
      name: 'Jane Roe',
      sourceObjectId: 'c7f2',
      phones: [{ number: '+44207', type: 1 }],
      template: { id: 20 },
      customFieldData: [{ field: { id: 40 }, value: 'x' }],
    });
  });

  describe('get another phone', () => {
    const add = async (phones: object[] | undefined, change: Reply = success({})) => {
      const { client, sent } = aPlanfix([success({ contact: { id: 12, phones } }), change]);
      return [await client.addPhone({ contactId: 12, phone: '+4915100000002' }), bodyOf(sent[1])];
    };
    const others = [{ number: '+44 207', type: 2 }, { number: '100' }];

    it('beside those they have', async () => {
      const phones = [
        { number: '+44 207', type: 2 },
        { number: '100', type: 1 },
        { number: '+4915100000002', type: 1 },
      ];
      expect(await add(others)).toEqual(['added', { phones }]);
      expect(await add(others, { status: 202 })).toEqual(['queued', { phones }]);
      expect(await add(undefined)).toEqual(['added', { phones: phones.slice(2) }]);
    });

    it('unless they have it, or hide some that would be lost', async () => {
      expect(await add([...others, { number: '+49 (151) 0000-0002' }])).toEqual(['present', {}]);
      expect(await add([...others, { maskedNumber: '+49***02' }])).toEqual(['masked', {}]);
      const { client } = aPlanfix([{ status: 404, body: { result: 'fail', code: 2000 } }]);
      expect(await client.addPhone({ contactId: 12, phone: '+4915100000002' })).toBe('missing');
    });
  });

  it('are read back by time, name and phone', async () => {
    const { client, sent } = aPlanfix([success({ contacts: [contact(1, '44', { sourceObjectId: 'c7f2' })] })]);
    const found = await all(client.listContactsCreatedSince({ sinceMs: NOW_MS, name: 'Jane', phoneDigits: '44' }));
    expect(found[0]?.sourceObjectId).toBe('c7f2');
    expect(bodyOf(sent[0]).filters).toEqual([
      { type: 12, operator: 'gt', value: { dateType: 'otherDate_withTime', dateFrom: '22-11-2026 12:59' } },
      { type: 4001, operator: 'equal', value: 'Jane' },
      { type: 4003, operator: 'equal', value: '44' },
    ]);
  });
});
