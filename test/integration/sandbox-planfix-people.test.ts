import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Dialogue, type PlanfixServer, startDialogue, startPlanfixServer } from './sandbox-planfix-server.ts';

let planfix: PlanfixServer;

beforeAll(async () => {
  planfix = await startPlanfixServer();
  planfix.clock.set('2026-11-22T10:01:30Z');
});

afterAll(async () => {
  await planfix.close();
});

describe("agents' comments", () => {
  it('notify whom the agent chose', async () => {
    const { acme, contact, task } = await startDialogue(planfix);
    const html = '<p>It is ready</p>';
    const { id } = await acme.control('POST', '/comments', { task, author: 'user:3', html, notify: [contact] });
    const fields = 'owner,description,recipients,isHidden';
    expect((await acme.ok('GET', `/comment/${id}?fields=${fields}`)).comment).toEqual({
      owner: { id: 'user:3', name: 'Anna Agent' },
      description: html,
      recipients: { users: [{ id: contact, name: 'Jane' }], groups: [], roles: [] },
      isHidden: false,
    });
    const left = { task, author: 'user:5', html, notify: [] };
    expect(await acme.controlCall('POST', '/comments', left)).toMatchObject({ status: 409 });
  });

  it('can become visible after a younger one', async () => {
    const { acme, contact, task } = await startDialogue(planfix);
    const said = { task, author: 'user:3', html: 'First', notify: [contact], visible: false };
    const early = await acme.control('POST', '/comments', said);
    const ours = await acme.ok('POST', `/task/${task}/comments/`, { description: 'Second' });
    expect(ours.id).toBe(early.id + 1);
    const listed = async (): Promise<unknown> => (await acme.ok('POST', `/task/${task}/comments/list`, {})).comments;
    expect(await listed()).toEqual([{ id: ours.id }]);
    expect(await acme.call('GET', `/comment/${early.id}`)).toMatchObject({ status: 400, body: { code: 5000 } });
    await acme.control('POST', `/comments/${early.id}/show`);
    expect(await listed()).toEqual([{ id: ours.id }, { id: early.id }]);
  });

  it('can become visible by the clock', async () => {
    const { acme, task } = await startDialogue(planfix);
    const said = { task, author: 'user:3', html: 'Later', notify: [], visibleAfterMs: 10_000 };
    const { id } = await acme.control('POST', '/comments', said);
    expect(await acme.call('GET', `/comment/${id}`)).toMatchObject({ status: 400 });
    planfix.clock.advance(10_000);
    await acme.ok('GET', `/comment/${id}`);
  });

  it('stay where they are when edited', async () => {
    const { acme, contact, task } = await startDialogue(planfix);
    const { id } = await acme.control('POST', '/comments', { task, author: 'user:3', html: 'Helo', notify: [] });
    await acme.control('POST', `/comments/${id}/edit`, { html: 'Hello', notify: [contact] });
    const { comment } = await acme.ok('GET', `/comment/${id}?fields=id,description,recipients`);
    expect(comment).toMatchObject({ id, description: 'Hello', recipients: { users: [{ id: contact }] } });
  });
});

describe('bin, purge and merge', () => {
  it('keep a task in the bin readable, and a purged one nowhere', async () => {
    const { acme, task } = await startDialogue(planfix);
    const { id } = await acme.ok('POST', `/task/${task}/comments/`, { description: 'Hello' });
    await acme.control('POST', `/tasks/${task}`, { isDeleted: true });
    expect((await acme.ok('GET', `/task/${task}?fields=isDeleted`)).task).toEqual({ isDeleted: true });
    expect((await acme.ok('POST', '/task/list', {})).tasks).toEqual([]);
    await acme.control('POST', `/tasks/${task}`, { restore: true });
    expect((await acme.ok('POST', '/task/list', {})).tasks).toEqual([{ id: task }]);
    await acme.control('POST', `/tasks/${task}`, { purge: true });
    expect(await acme.call('GET', `/task/${task}`)).toMatchObject({ status: 400, body: { code: 0 } });
    expect(await acme.call('POST', `/task/${task}/comments/`, { description: 'x' })).toMatchObject({ status: 400 });
    expect(await acme.call('GET', `/comment/${id}`)).toMatchObject({ status: 400 });
  });

  it('leave the survivor of a merge in tasks and recipients', async () => {
    const { acme, contact, contactId, task } = await startDialogue(planfix);
    const said = { task, author: 'user:3', html: 'Hello', notify: [contact] };
    const { id } = await acme.control('POST', '/comments', said);
    const survivor = await acme.contact('Jane Roe', '+49 170 1');
    await acme.control('POST', '/contacts/merge', { from: contactId, into: survivor.id });
    const read = (await acme.ok('GET', `/task/${task}?fields=assigner,counterparty`)).task;
    expect(read).toEqual({
      assigner: { id: survivor.ref, name: 'Jane Roe' },
      counterparty: { id: survivor.ref, name: 'Jane Roe' },
    });
    const { comment } = await acme.ok('GET', `/comment/${id}?fields=recipients`);
    expect(comment.recipients.users).toEqual([{ id: survivor.ref, name: 'Jane Roe' }]);
    const filters = [{ type: 7, operator: 'equal', value: survivor.id }];
    expect((await acme.ok('POST', '/task/list', { filters })).tasks).toEqual([{ id: task }]);
    expect((await acme.ok('GET', `/contact/${survivor.id}?fields=phones`)).contact.phones).toHaveLength(2);
    expect(await acme.call('GET', `/contact/${contactId}`)).toMatchObject({ status: 404, body: { code: 2000 } });
    await acme.settings({ mergedContactReads: 'survivor' });
    expect((await acme.ok('GET', `/contact/${contactId}`)).contact).toEqual({ id: survivor.id });
  });

  it('hide employees who leave', async () => {
    const { acme } = await startDialogue(planfix);
    await acme.control('POST', '/users/3', { active: false });
    expect((await acme.ok('GET', '/user/3?fields=status')).user).toEqual({ status: 'Inactive' });
  });
});

describe('notify', () => {
  const preselected = async (dialogue: Dialogue, author: string, replyTo?: number): Promise<string[]> => {
    const query = replyTo === undefined ? `author=${author}` : `author=${author}&replyTo=${replyTo}`;
    const answer = await dialogue.acme.control('GET', `/tasks/${dialogue.task}/notify-default?${query}`);
    return answer.preselected.map((person: { id: string }) => person.id);
  };

  it('preselects the author of the last comment and those notified in it', async () => {
    const dialogue = await startDialogue(planfix);
    const { acme, contact, task } = dialogue;
    expect(await preselected(dialogue, 'user:3')).toEqual([contact]);
    const said = { owner: { id: contact }, description: 'Hello', recipients: { roles: ['assignee'] } };
    const first = await acme.ok('POST', `/task/${task}/comments/`, said);
    expect(await preselected(dialogue, 'user:3')).toEqual([contact]);
    await acme.control('POST', '/comments', { task, author: 'user:3', html: 'Boris?', notify: ['user:4'] });
    expect(await preselected(dialogue, 'user:4')).toEqual(['user:3']);
    expect(await preselected(dialogue, 'user:3', first.id)).toEqual([contact]);
  });

  it('preselects nobody for who joins a colleague in a dialogue with a client', async () => {
    const dialogue = await startDialogue(planfix);
    const { acme, contact, task } = dialogue;
    await acme.control('POST', '/comments', { task, author: 'user:3', html: 'Hello', notify: [contact] });
    expect(await preselected(dialogue, 'user:3')).toEqual([contact]);
    expect(await preselected(dialogue, 'user:4')).toEqual([]);
    const answer = await acme.control('GET', `/tasks/${task}/notify-default?author=user:4`);
    expect(answer.reason).toBe('joins-client-dialogue');
    expect(answer.candidates).toContainEqual({ id: contact, name: 'Jane', isContact: true });
  });
});

describe('quick replies', () => {
  it('are found by parts of words in any order, in both languages', async () => {
    const { acme } = await startDialogue(planfix);
    const names = async (query: string): Promise<string[]> =>
      (await acme.control('GET', `/quick-replies${query}`)).items.map((item: { name: string }) => item.name);
    expect(await names('')).toHaveLength(6);
    expect(await names('?q=*way%20ord')).toEqual(['Order on its way']);
    expect(await names(`?q=${encodeURIComponent('*ЗАК')}&lang=ru`)).toEqual(['Заказ в пути']);
    expect(await names('?q=*order&lang=ru')).toEqual([]);
  });
});
