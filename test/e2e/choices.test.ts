import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { planfixCalls } from '../support/account-world.ts';
import { withDatabase } from '../support/inbound-faults.ts';
import { type Company, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';

const XSS = '<script>alert("template")</script>';
const CHOICES_MS = 600_000;

type Check = { name: string; ok: boolean; code: string; message: string; remedy?: string; about?: string };
type Choices = {
  taskTemplates: { id: number; name: string }[];
  contactTemplates: { id: number; name: string }[];
  employees: { id: string; name: string; isActive: boolean }[];
  groups: { id: string; name: string }[];
  refreshedAt: string | null;
  isRefreshing: boolean;
};

let parley: Parley;
let company: Company;
beforeAll(async () => {
  // Nothing is read anew by itself, unless somebody looks at what is old.
  parley = await startParley({ waits: { directoryMs: 3_600_000, choicesMs: CHOICES_MS } });
  company = await connectCompany(parley, {
    settings: { contactTemplate: 20, additionalAssignees: ['user:4', 'group:1'] },
  });
});
afterAll(() => parley?.stop());

const path = (rest = '') => `/v1/planfix-accounts/${company.planfixAccountId}/choices${rest}`;
const look = (query = '') => parley.rest<Choices>('GET', path(query));
const refresh = () => parley.rest<Choices>('POST', path('/refresh'));
const change = (method: 'PUT' | 'DELETE' | 'POST', rest: string, body?: unknown) =>
  parley.sandbox.control(method, `planfix/${company.account}/${rest}`, body);

/** As if nobody had looked for long. */
const letAge = () =>
  withDatabase(parley, async (db) => {
    const { planfixAccountId } = company;
    const longAgo = new Date(Date.now() - 2 * CHOICES_MS);
    await db
      .updateTable('planfixDirectory')
      .set({ refreshedAt: longAgo })
      .where('planfixAccountId', '=', planfixAccountId)
      .execute();
    await db
      .updateTable('planfixAccount')
      .set({ choicesAskedAt: longAgo })
      .where('id', '=', planfixAccountId)
      .execute();
  });

const failing = async () => {
  const { checks } = await parley.rest<{ checks: Check[] }>('GET', `/v1/connections/${company.connectionId}`);
  return checks.filter(({ ok }) => !ok);
};
const problems = async () => {
  const query = `kind=connection-check-failed&connectionId=${company.connectionId}`;
  return (await parley.rest<{ items: { detail: string; remedy: string }[] }>('GET', `/v1/problems?${query}`)).items;
};

describe('choices', () => {
  it('are there as soon as the account is connected, and searching them costs no call', async () => {
    const before = await planfixCalls(parley, company);
    const choices = await look();
    expect(choices.taskTemplates.map(({ id }) => id)).toEqual([10, 11, 12, 13]);
    expect(choices.contactTemplates.map(({ id }) => id)).toEqual([20, 21]);
    expect(choices.groups).toEqual([
      { id: 'group:1', name: 'Support' },
      { id: 'group:2', name: 'Former staff' },
    ]);
    expect(choices.employees.find(({ id }) => id === 'user:5')).toMatchObject({ isActive: false });
    for (const text of ['enq', 'ANNA', 'former', 'nobody']) await look(`?search=${text}`);
    const lists = (calls: { path: string }[]) => calls.filter((call) => /templates|groups|user\/list/.test(call.path));
    expect(lists(await planfixCalls(parley, company)).length).toBe(lists(before).length);
  });

  it('follow Planfix when they are refreshed, whatever things are called there', async () => {
    await change('PUT', 'task-templates/77', { name: XSS });
    expect((await look()).taskTemplates.some(({ id }) => id === 77)).toBe(false);
    expect((await refresh()).taskTemplates).toContainEqual({ id: 77, name: XSS });
  });

  it('follow Planfix by themselves while somebody looks', async () => {
    await change('PUT', 'groups/7', { name: 'Night shift' });
    // Control: not while what is known is young.
    expect((await look('?search=night')).groups).toEqual([]);
    await letAge();
    await eventually('the new group', async () => (await look('?search=night')).groups[0]);
  });
});

describe('what settings name and Planfix does not show any more', () => {
  it.each([
    [
      'a task template',
      ['taskTemplate', 'task-template-missing'],
      ['DELETE', 'task-templates/10'],
      ['PUT', 'task-templates/10', { name: 'New' }],
    ],
    [
      'a contact template',
      ['contactTemplate', 'contact-template-missing'],
      ['DELETE', 'contact-templates/20'],
      ['PUT', 'contact-templates/20', { name: 'New' }],
    ],
    [
      'a group',
      ['additionalAssignees', 'group-missing'],
      ['DELETE', 'groups/1'],
      ['PUT', 'groups/1', { name: 'Support' }],
    ],
    [
      'an employee',
      ['additionalAssignees', 'additional-assignee-inactive'],
      ['POST', 'users/4', { active: false }],
      ['POST', 'users/4', { active: true }],
    ],
  ] as const)(
    '%s is shown as broken with the remedy, and settles when it is back',
    async (_what, [name, code], gone, back) => {
      await refresh();
      expect([await failing(), await problems()]).toEqual([[], []]);
      await change(gone[0], gone[1], gone[2 as never]);
      await refresh();
      const [failed, ...others] = await failing();
      expect([failed, others]).toEqual([expect.objectContaining({ name, code, remedy: expect.any(String) }), []]);
      expect(await problems()).toMatchObject([{ detail: `${failed?.message}. ${failed?.remedy}.` }]);
      await change(back[0], back[1], back[2]);
      await refresh();
      expect([await failing(), await problems()]).toEqual([[], []]);
    },
  );

  it('the primary admin who has left is a problem of the account', async () => {
    const { planfixAccountId } = company;
    const open = async () => {
      const query = `kind=account-check-failed&planfixAccountId=${planfixAccountId}`;
      return (await parley.rest<{ items: { detail: string }[] }>('GET', `/v1/problems?${query}`)).items;
    };
    expect(await open()).toEqual([]);
    await change('POST', 'users/1', { active: false });
    await refresh();
    const said = 'The primary admin is not active in Planfix, or a robot. Name an active employee';
    expect(await open()).toMatchObject([{ detail: expect.stringContaining(said) }]);
    await change('POST', 'users/1', { active: true });
    await refresh();
    expect(await open()).toEqual([]);
  });

  it('settles when another one is chosen instead', async () => {
    await change('DELETE', 'task-templates/10');
    await refresh();
    expect(await failing()).toMatchObject([{ name: 'taskTemplate' }]);
    const { connectionId } = company;
    await parley.rest('PATCH', `/v1/connections/${connectionId}`, { settings: { taskTemplate: 11 } });
    await eventually('no problem', async () =>
      (await problems()).length + (await failing()).length === 0 ? true : undefined,
    );
  });

  it('cannot be chosen anew: a contact, a group or a template that is not there', async () => {
    const choose = (settings: object) =>
      parley.rest('PATCH', `/v1/connections/${company.connectionId}`, { settings }).then(
        () => 'taken',
        (error: Error) => error.message,
      );
    expect(await choose({ contactTemplate: 999 })).toContain('settings.contactTemplate');
    expect(await choose({ additionalAssignees: ['contact:999'] })).toContain('settings.additionalAssignees');
    expect(await choose({ additionalAssignees: ['group:99'] })).toContain('settings.additionalAssignees');
    const { id } = await parley.sandbox.control<{ id: number }>('POST', `planfix/${company.account}/contacts`, {
      name: 'Partner',
    });
    expect(await choose({ additionalAssignees: [`contact:${id}`, 'group:2'] })).toBe('taken');
    expect(await failing()).toEqual([]);
  });
});
