import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { commentOnce, meet, tasksOf } from '../support/chat-world.ts';
import {
  addressOnce,
  dialogueOf,
  type Known,
  knowing,
  placeOf,
  problemsLike,
  taskByNumber,
  tell,
} from '../support/identity-world.ts';
import { chatOf, connectCompany, eventually, type Parley, startParley } from '../support/parley.ts';
import { commentOn, messageOnce } from '../support/reply-world.ts';

let parley: Parley;

beforeAll(async () => {
  parley = await startParley();
});

afterAll(() => parley?.stop());

/** Somebody whom nobody recognised: two conversations and tasks, by phone alone and by id alone. */
async function twice() {
  const company = await connectCompany(parley);
  const person = await knowing(await meet(parley, company));
  const byPhone = await placeOf(person, await tell(person, { phone: person.phone }, 'By phone'));
  const byId = await placeOf(person, await tell(person, { bsuid: person.bsuid }, 'By id'));
  expect(byId.conversationId).not.toBe(byPhone.conversationId);
  const tasks = {
    byPhone: await taskByNumber(person, byPhone.planfixTask),
    byId: await taskByNumber(person, byId.planfixTask),
  };
  return { company, person, byPhone, byId, tasks };
}

const linkOnce = (person: Known) =>
  eventually('the problem of two contacts', async () => (await problemsLike(person, 'two-contacts'))[0]);

describe('a customer by phone and one by id who are one person', () => {
  it('are linked: what they write goes to the elder; replies on either task go where they went', async () => {
    const { person, byPhone, byId, tasks } = await twice();
    const both = await placeOf(person, await tell(person, { phone: person.phone, bsuid: person.bsuid }, 'Both'));
    expect([byPhone.conversationId, byId.conversationId]).toContain(both.conversationId);
    expect(await linkOnce(person)).toMatchObject({ reason: 'one-person' });
    for (const ids of [
      { phone: person.phone },
      { bsuid: person.bsuid },
      { phone: person.phone, bsuid: person.bsuid },
    ]) {
      expect(await placeOf(person, await tell(person, ids, `By ${Object.keys(ids)}`))).toEqual(byPhone);
    }
    expect(await tasksOf(person)).toHaveLength(2);
    await commentOn(dialogueOf(person, tasks.byId), { html: 'To the id' });
    expect(await addressOnce(dialogueOf(person, tasks.byId), 'To the id')).toBe(person.bsuid);
    await commentOn(dialogueOf(person, tasks.byPhone), { html: 'To the phone' });
    expect(await addressOnce(dialogueOf(person, tasks.byPhone), 'To the phone')).toBe(`+${person.phone}`);
  });

  it('are two contacts until somebody merges them in Planfix, and the problem is settled', async () => {
    const { company, person, tasks } = await twice();
    await placeOf(person, await tell(person, { phone: person.phone, bsuid: person.bsuid }, 'Both'));
    await linkOnce(person);
    const numberOf = (task: { assigner: { id: string } | null }) => Number(task.assigner?.id.slice('contact:'.length));
    const [into, from] = [numberOf(tasks.byPhone), numberOf(tasks.byId)];
    expect(into).not.toBe(from);
    await parley.sandbox.control('POST', `planfix/${company.account}/contacts/merge`, { from, into });
    // Whoever answers on the younger task notifies the contact that is left there.
    const dialogue = dialogueOf(person, tasks.byId);
    await commentOn(dialogue, { html: 'After the merge', notify: [`contact:${into}`] });
    await messageOnce({ parley, company }, 'After the merge', ['sent', 'delivered', 'read']);
    await eventually('the problem as settled', async () =>
      (await problemsLike(person, 'two-contacts')).length === 0 ? true : undefined,
    );
    expect(await problemsLike(person, 'two-contacts', 'settled')).toHaveLength(1);
    // The comment was that conversation's: it went where its messages came from.
    expect(await addressOnce(dialogue, 'After the merge')).toBe(person.bsuid);
  });
});

describe('a phone that got a new owner', () => {
  it('is a problem; replies to the former owner never reach the new one', async () => {
    const company = await connectCompany(parley);
    const former = await knowing(await meet(parley, company));
    const owner = await knowing(await meet(parley, company));
    const before = await placeOf(former, await tell(former, { phone: former.phone, bsuid: former.bsuid }, 'Mine'));
    const task = await taskByNumber(former, before.planfixTask);
    const dialogue = dialogueOf(former, task);
    // Control: until then replies go to the phone.
    await commentOn(dialogue, { html: 'To your phone' });
    expect(await addressOnce(dialogue, 'To your phone')).toBe(`+${former.phone}`);
    await messageOnce({ parley, company }, 'To your phone', ['delivered', 'read']);

    const later = Date.now() + 5_000;
    const now = await placeOf(owner, await tell(owner, { phone: former.phone, bsuid: owner.bsuid }, 'Now mine', later));
    expect(now.conversationId).not.toBe(before.conversationId);
    expect(now.planfixTask).not.toBe(before.planfixTask);
    const [problem] = await eventually('the conflict', async () => {
      const found = await problemsLike(former, 'identity-conflict');
      return found.length > 0 ? found : undefined;
    });
    expect(problem).toMatchObject({ conversationId: before.conversationId, reason: 'phone-has-new-owner' });
    await commentOn(dialogue, { html: 'For you alone' });
    expect(await addressOnce(dialogue, 'For you alone')).toBe(former.bsuid);
    await commentOn(dialogueOf(owner, await taskByNumber(owner, now.planfixTask)), { html: 'Welcome' });
    expect(await addressOnce(dialogue, 'Welcome')).toBe(`+${former.phone}`);
    const ofOwner = await chatOf(parley, company, owner);
    expect(ofOwner.map(({ text }) => text)).not.toContain('For you alone');
    expect(await tasksOf(former)).toHaveLength(1);
    await placeOf(former, await tell(former, { bsuid: former.bsuid }, 'Still me'));
    await commentOnce(former, 'Still me');
  });
});
