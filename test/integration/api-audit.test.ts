import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type ApiWorld, aNewApp, startApiWorld } from './api-world.ts';
import {
  invite,
  openBrowser,
  PASSWORD,
  redeemLink,
  signInAs,
  type TestBrowser,
  type TestOperator,
} from './sign-in-world.ts';

type Entry = {
  id: string;
  at: string;
  actor: string;
  actorName: string | null;
  action: string;
  subjectKind: string;
  subjectId: string;
  detail: Record<string, unknown> | null;
};

let world: ApiWorld;
let browser: TestBrowser;
let operator: TestOperator;
beforeAll(async () => {
  world = await startApiWorld();
  ({ browser, operator } = await signInAs(world, 'admin'));
});
afterAll(() => world.close());

const entries = async (query: string) =>
  (await browser.call('GET', `/v1/audit-entries?${query}`)).body.items as Entry[];

describe('the audit log', () => {
  it('names whoever changed something: operators and keys by their names, the bootstrap key as it is', async () => {
    const made = await world.call('POST', '/v1/api-keys', { body: { name: 'Robot', scopes: ['write:meta-apps'] } });
    const calls = [
      await browser.call('POST', '/v1/meta-apps', { body: aNewApp() }),
      await world.call('POST', '/v1/meta-apps', { body: aNewApp(), key: String(made.body.secret) }),
      await world.call('POST', '/v1/meta-apps', { body: aNewApp() }),
    ];
    const found = await Promise.all(calls.map((call) => entries(`subjectKind=meta-app&subjectId=${call.body.id}`)));
    expect(found.flat().map(({ actor, actorName }) => [actor, actorName])).toEqual([
      [`operator:${operator.id}`, 'Jane Roe'],
      [`api-key:${made.body.id}`, 'Robot'],
      ['admin', null],
    ]);
    expect(found.flat().every((entry) => entry.action === 'create')).toBe(true);
  });

  it('tells every change of an operator, with its fields and without what is secret', async () => {
    const person = await invite(world, 'viewer', 'Grace');
    const theirs = openBrowser(world);
    await redeemLink(theirs, person.secret);
    await theirs.call('PATCH', '/v1/session', { body: { language: 'ru' } });
    const next = 'a wholly other password';
    await theirs.call('PATCH', '/v1/session', { body: { password: { current: PASSWORD, next } } });
    const patch = (body: unknown) => browser.call('PATCH', `/v1/operators/${person.id}`, { body });
    await patch({ role: 'agent', name: 'Grace H.' });
    // Nothing is changed by what is there already.
    await patch({ role: 'agent' });
    await patch({ disabled: true });
    const found = (await entries(`subjectKind=operator&subjectId=${person.id}`)).reverse();
    expect(found.map(({ action, detail }) => [action, detail])).toEqual([
      ['create', { role: 'viewer' }],
      ['create-sign-in-link', { purpose: 'invitation' }],
      ['change-password', null],
      ['update', { fields: ['language'] }],
      ['change-password', null],
      ['update', { fields: ['name', 'role'], role: 'agent' }],
      ['update', { fields: ['disabled'], disabled: true }],
    ]);
    expect(found.at(-1)?.actorName).toBe('Jane Roe');
    const signIns = await entries(`subjectKind=session&actor=operator:${person.id}`);
    expect(signIns.map(({ action, detail }) => [action, detail])).toEqual([
      ['sign-in', { way: 'password' }],
      ['sign-in', { way: 'link' }],
    ]);
    const all = (await browser.call('GET', '/v1/audit-entries?limit=200')).text;
    for (const secret of [PASSWORD, next, person.secret, person.email, 'argon2']) expect(all).not.toContain(secret);
  });

  it('tells of signing out', async () => {
    const { browser: theirs, operator: person } = await signInAs(world, 'viewer');
    await theirs.call('DELETE', '/v1/session');
    const found = await entries(`actor=operator:${person.id}&action=sign-out`);
    expect(found).toHaveLength(1);
  });

  it('is read by time, newest first, in pages', async () => {
    const from = new Date().toISOString();
    for (let index = 0; index < 3; index++) await browser.call('POST', '/v1/meta-apps', { body: aNewApp() });
    const query = `action=create&subjectKind=meta-app&from=${from}`;
    const all = await entries(query);
    expect(all).toHaveLength(3);
    expect(all.map((entry) => entry.at)).toEqual(
      all
        .map((entry) => entry.at)
        .toSorted()
        .reverse(),
    );
    const first = (await browser.call('GET', `/v1/audit-entries?${query}&limit=2`)).body;
    const rest = (await browser.call('GET', `/v1/audit-entries?${query}&limit=2&cursor=${first.nextCursor}`)).body;
    expect([first.items, rest.items].flat()).toEqual(all);
    expect(rest.nextCursor).toBeNull();
    expect(await entries(`${query}&until=${all[0]?.at}`)).toEqual(all.slice(1));
  });

  it('refuses filters that are none', async () => {
    for (const query of ['from=yesterday', 'subjectId=1', 'who=me', 'limit=1000']) {
      expect((await browser.call('GET', `/v1/audit-entries?${query}`)).status).toBe(400);
    }
    expect((await browser.call('GET', '/v1/audit-entries?limit=1')).status).toBe(200);
  });
});
